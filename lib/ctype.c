// SPDX-License-Identifier: MIT
/* The table behind linux/ctype.h: what each of the 256 characters is. */
#include <linux/ctype.h>

// clang-format off
const unsigned char _ctype[256] = {
	[0 ... 8] = _C,
	[9 ... 13] = _C | _S, /* tab to carriage return */
	[14 ... 31] = _C,
	[' '] = _S | _SP,
	['!' ... '/'] = _P,
	['0' ... '9'] = _D,
	[':' ... '@'] = _P,
	['A' ... 'F'] = _U | _X,
	['G' ... 'Z'] = _U,
	['[' ... '`'] = _P,
	['a' ... 'f'] = _L | _X,
	['g' ... 'z'] = _L,
	['{' ... '~'] = _P,
	[127] = _C,
	[160] = _S | _SP, /* no-break space */
	[161 ... 191] = _P,
	[192 ... 214] = _U,
	[215] = _P, /* times */
	[216 ... 222] = _U,
	[223 ... 246] = _L,
	[247] = _P, /* divided by */
	[248 ... 255] = _L,
};
// clang-format on
