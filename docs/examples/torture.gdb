# A moment of a torture run that was recorded: see docs/contexts.md.
set width 100
break torture.c:operate if actor->context == TORTURE_HARDIRQ && actor->operations == 20
set trace-commands on
continue
backtrace -frame-arguments none
k-threads
delete
watch t.slots[7].seed
continue
print t.slots[7].size
print t.slots[7].made
