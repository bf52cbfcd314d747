// SPDX-License-Identifier: MIT
/* What a module may also do: all kinds of parameters and marks, users, old habits. */
#include <linux/module.h>

static int callback_value;
static bool flag, inverse;
static char text[8] = "none";
static unsigned long long big;
static int numbers[4];
static unsigned int nr_numbers;
static int keeps; /* so many users of itself */

static int callback_set(const char *val, const struct kernel_param *kp)
{
	int error = param_set_int(val, kp);

	if (!error && callback_value > 100)
		error = -ERANGE;
	return error;
}

static const struct kernel_param_ops callback_ops = {
	.set = callback_set,
	.get = param_get_int,
};

module_param_cb(callback, &callback_ops, &callback_value, 0644);
MODULE_PARM_DESC(callback, "up to 100");
module_param(flag, bool, 0444);
module_param_named(no_flag, inverse, invbool, 0444);
module_param_string(text, text, sizeof(text), 0444);
module_param(big, ullong, S_IRUGO | S_IWUSR);
module_param_array(numbers, int, &nr_numbers, 0444);
module_param_hw(keeps, int, irq, 0444);

static int old_setup(char *value)
{
	return 1;
}
__setup("odd=", old_setup)

	static const struct {
	int id;
} ids[] __initconst = { { 1 }, { 0 } };
MODULE_DEVICE_TABLE(isa, ids);

static int __init odd_init(void)
{
	int i;

	pr_info("%s: callback %d, flag %d, inverse %d, text %s, big %llu, %u numbers\n",
		THIS_MODULE->name, callback_value, flag, inverse, text, big, nr_numbers);
	for (i = 0; i < keeps; i++)
		if (!try_module_get(THIS_MODULE))
			return -ENODEV;
	pr_info("%s: %d users of %s\n", KBUILD_MODNAME, module_refcount(THIS_MODULE),
		module_name(THIS_MODULE));
	return 3; /* it should be 0: Linux warns of it, and goes on */
}
late_initcall(odd_init)

	static void __exit odd_exit(void)
{
	pr_info("odd: the end\n");
}
module_exit(odd_exit)

	static exitcall_t the_end __maybe_unused = __exit_p(odd_exit);

MODULE_LICENSE("Dual MIT/GPL");
MODULE_AUTHOR("One Author");
MODULE_AUTHOR("Another");
MODULE_VERSION("1.2");
MODULE_ALIAS("an-alias");
MODULE_SOFTDEP("pre: twin");
MODULE_FIRMWARE("odd/firmware.bin");
MODULE_INFO(colour, "green");
