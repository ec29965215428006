#include <stdio.h>

int kept(int x) {
    if (x > 0) {
        return x;
    }
    return -x;
}

int never(int x) {
    return x * 2;
}

int gained(int x) {
    return x + 1;
}

int lost(int x) {
    return x + 2;
}

int gone_ran(int x) {
    return x + 3;
}

int gone_unrun(int x) {
    return x + 4;
}

#ifdef HIDDEN_LATER
#define SKIPPED_LATER 1
#endif

int excluded_ran(int x) {
#ifndef SECOND
    x += 5;
#endif
    return x;
}

int excluded_unrun(int x) {
#ifndef SECOND
    x += 6;
#endif
    return x;
}

int included_ran(int x) {
#ifdef SECOND
    x += 7;
#endif
    return x;
}

int included_unrun(int x) {
#ifdef SECOND
    x += 8;
#endif
    return x;
}
