// SPDX-License-Identifier: MIT
/* Maps as text, both ways: tests.h has the notation. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "host.h"
#include "tests.h"

static const char letters[] = "zRranx?u";

unsigned int map_from_text(struct e820_entry *map, unsigned int max, const char *text)
{
	unsigned int nr = 0;

	while (*text && nr < max) {
		u64 numbers[2] = { 0, 0 };
		unsigned int which = 0;
		bool is_size = false;

		map[nr].type = strchr(letters, *text++) - letters;
		for (; *text && *text != ' '; text++) {
			if (*text == '-' || *text == '+') {
				is_size = *text == '+';
				which = 1;
			} else {
				numbers[which] = numbers[which] * 16 +
						 (*text <= '9' ? *text - '0' : *text - 'a' + 10);
			}
		}
		map[nr].addr = numbers[0];
		map[nr].size = is_size ? numbers[1] : numbers[1] - numbers[0];
		nr++;
		if (*text == ' ')
			text++;
	}
	return nr;
}

void map_to_text(char *text, unsigned long size, const struct e820_entry *map, unsigned int nr)
{
	char *at = text;

	*at = '\0';
	for (; nr; nr--, map++) {
		host_format(at, text + size - at, "%s%c%llx-%llx", at == text ? "" : " ",
			    map->type < sizeof(letters) - 1 ? letters[map->type] : '?', map->addr,
			    map->addr + map->size);
		at += strlen(at);
	}
}
