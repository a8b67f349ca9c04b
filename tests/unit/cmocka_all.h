/*
 * What cmocka needs before its own header, in one place. Asserts stay live.
 */
#ifndef VIDEO_CALL_CMOCKA_ALL_H
#define VIDEO_CALL_CMOCKA_ALL_H

#undef NDEBUG
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
