// SPDX-License-Identifier: MIT
/*
 * Living with failure: take everything at the top.
 *
 * Memory may be refused at any time, but a driver can choose at which. This one, for a
 * sensor that interrupts with each reading, takes all that it will ever need when it is
 * opened. There -ENOMEM is an honest answer: nothing has begun, and somebody is waiting for
 * the answer. From then on it allocates nothing, so no reading is lost for want of memory.
 *
 * The price is that memory for the worst case is held all the time.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../../tests/mm/shortage.h"

#define TEXT_SIZE 9000

struct sensor {
	u32 *readings; /* a ring: the newest overwrite the oldest */
	unsigned int size;
	unsigned long nr; /* readings since it was opened */
	char *text;	  /* what sensor_show() writes into */
};

static void sensor_close(struct sensor *sensor)
{
	kfree(sensor->text);
	kfree(sensor->readings);
	kfree(sensor);
}

/* kfree(NULL) does nothing: what was not allocated need not be told apart. */
static struct sensor *sensor_open(unsigned int size)
{
	gfp_t gfp = GFP_KERNEL | __GFP_NOWARN;
	struct sensor *sensor = kzalloc(sizeof(*sensor), gfp);

	if (!sensor)
		return ERR_PTR(-ENOMEM);
	sensor->size = size;
	sensor->readings = kcalloc(size, sizeof(*sensor->readings), gfp);
	sensor->text = kmalloc(TEXT_SIZE, gfp);
	if (!sensor->readings || !sensor->text) {
		sensor_close(sensor);
		return ERR_PTR(-ENOMEM);
	}
	return sensor;
}

/* The interrupt handler: it has its memory. */
static void sensor_interrupt(struct sensor *sensor, u32 reading)
{
	sensor->readings[sensor->nr++ % sensor->size] = reading;
}

static const char *sensor_show(struct sensor *sensor)
{
	unsigned long i = sensor->nr > sensor->size ? sensor->nr - sensor->size : 0;
	int length = 0;

	for (sensor->text[0] = '\0'; i < sensor->nr; i++)
		length += scnprintf(sensor->text + length, TEXT_SIZE - length, "%u ",
				    sensor->readings[i % sensor->size]);
	return sensor->text;
}

/* --- the test: opening is refused at every step; once open it wants nothing ----------------- */

static void opening_fails_as_a_whole(struct kunit *test)
{
	struct sensor *sensor;
	unsigned long pages = 0;

	do {
		shortage_begin(pages++);
		sensor = sensor_open(5000);
		if (!IS_ERR(sensor))
			sensor_close(sensor);
		else
			KUNIT_EXPECT_EQ(test, PTR_ERR(sensor), -ENOMEM);
		shortage_end();
	} while (IS_ERR(sensor) && pages < 100);
	/* 20000 bytes are 8 pages, and the text is 4. */
	KUNIT_EXPECT_GE(test, pages, 12);
	KUNIT_EXPECT_LT(test, pages, 20);
}

static void an_open_sensor_needs_no_memory(struct kunit *test)
{
	struct sensor *sensor = sensor_open(4);
	u32 reading;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, sensor);
	shortage_begin(0);
	for (reading = 1; reading <= 10; reading++)
		sensor_interrupt(sensor, reading);
	KUNIT_EXPECT_STREQ(test, sensor_show(sensor), "7 8 9 10 ");
	shortage_end();
	sensor_close(sensor);
}

static struct kunit_case all_at_the_top_cases[] = {
	KUNIT_CASE_SLOW(opening_fails_as_a_whole),
	KUNIT_CASE_SLOW(an_open_sensor_needs_no_memory),
	{},
};

static struct kunit_suite all_at_the_top_suite = {
	.name = "example_all_at_the_top",
	.init = shortage_init,
	.exit = shortage_exit,
	.test_cases = all_at_the_top_cases,
};
kunit_test_suite(all_at_the_top_suite);
