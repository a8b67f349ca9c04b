/*
 * attributes: compiler attributes for the parts of a contract the compiler can check.
 */
#ifndef VIDEO_CALL_ATTRIBUTES_H
#define VIDEO_CALL_ATTRIBUTES_H

#define MUST_CHECK                      __attribute__((warn_unused_result))
#define NONNULL_ALL                     __attribute__((nonnull))
#define PRINTF_LIKE(text_at, values_at) __attribute__((format(printf, text_at, values_at)))

#endif
