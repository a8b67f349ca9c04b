/*
 * problem_of: which problem an error from lib/ is to the client. One function per enum of
 * errors; OK is PROBLEM_NONE.
 */
#ifndef VIDEO_CALL_PROBLEM_OF_H
#define VIDEO_CALL_PROBLEM_OF_H

#include "agora/agora_notification.h"
#include "calls/call_error.h"
#include "problem.h"

enum problem problem_of_call(enum call_error error) MUST_CHECK;
enum problem problem_of_agora_notification(enum agora_notification_error error) MUST_CHECK;

#endif
