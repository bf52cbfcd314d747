/* SPDX-License-Identifier: MIT */
#ifndef _ASM_BYTEORDER_H
#define _ASM_BYTEORDER_H

#include <linux/swab.h>
#include <linux/types.h>

/* x86 is little-endian: only big-endian values change. */
#define cpu_to_le16(x) ((__force __le16)(u16)(x))
#define cpu_to_le32(x) ((__force __le32)(u32)(x))
#define cpu_to_le64(x) ((__force __le64)(u64)(x))
#define le16_to_cpu(x) ((__force u16)(__le16)(x))
#define le32_to_cpu(x) ((__force u32)(__le32)(x))
#define le64_to_cpu(x) ((__force u64)(__le64)(x))

#define cpu_to_be16(x) ((__force __be16)swab16(x))
#define cpu_to_be32(x) ((__force __be32)swab32(x))
#define cpu_to_be64(x) ((__force __be64)swab64(x))
#define be16_to_cpu(x) swab16((__force u16)(__be16)(x))
#define be32_to_cpu(x) swab32((__force u32)(__be32)(x))
#define be64_to_cpu(x) swab64((__force u64)(__be64)(x))

/* Through a pointer */
#define le16_to_cpup(p) le16_to_cpu(*(p))
#define le32_to_cpup(p) le32_to_cpu(*(p))
#define le64_to_cpup(p) le64_to_cpu(*(p))
#define be16_to_cpup(p) be16_to_cpu(*(p))
#define be32_to_cpup(p) be32_to_cpu(*(p))
#define be64_to_cpup(p) be64_to_cpu(*(p))

#endif
