// SPDX-License-Identifier: MIT
/*
 * The smallest module with parameters.
 *
 *	make MODULES=docs/examples/modules/hello.c run WORDS='hello.times=3 hello.who=reader'
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static char *who = "world";
module_param(who, charp, 0444);
MODULE_PARM_DESC(who, "whom it greets");

static unsigned int times = 1;
module_param(times, uint, 0444);
MODULE_PARM_DESC(times, "how often");

static int marks[3];
static unsigned int nr_marks;
module_param_array(marks, int, &nr_marks, 0444);
MODULE_PARM_DESC(marks, "up to three numbers, which it adds up");

static int __init hello_init(void)
{
	unsigned int i;
	int sum = 0;

	if (times > 10)
		return -EINVAL;
	for (i = 0; i < times; i++)
		pr_info("hello, %s\n", who);
	for (i = 0; i < nr_marks; i++)
		sum += marks[i];
	if (nr_marks)
		pr_info("%u numbers, together %d\n", nr_marks, sum);
	return 0;
}

static void __exit hello_exit(void)
{
	pr_info("goodbye, %s\n", who);
}

module_init(hello_init);
module_exit(hello_exit);

MODULE_DESCRIPTION("Greets");
MODULE_AUTHOR("memkern");
MODULE_LICENSE("GPL");
