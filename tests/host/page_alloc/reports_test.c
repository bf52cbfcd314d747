#include "tests.h"
void test_reports(void){}
