// SPDX-License-Identifier: MIT
/* One of two files of the same name, with the same names in them, static and not. */
#include <linux/module.h>

static int value = 1;
module_param(value, int, 0444);
int counter = 10;

int twin_number(void);

int twin_number(void)
{
	return value + counter++;
}

/* This one is offered to others. */
int left_number(void);

int left_number(void)
{
	return twin_number();
}
EXPORT_SYMBOL_GPL(left_number);

static int __init twin_init(void)
{
	pr_info("left twin: value %d, number %d\n", value, twin_number());
	return 0;
}
module_init(twin_init);

static void __exit twin_exit(void)
{
	pr_info("left twin: the end\n");
}
module_exit(twin_exit);

MODULE_LICENSE("GPL");
