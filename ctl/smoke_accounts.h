/*
 * smoke_accounts: the IDs of the test accounts. Discord IDs never start with a zero, so
 * nobody can sign in as them.
 */
#ifndef VIDEO_CALL_SMOKE_ACCOUNTS_H
#define VIDEO_CALL_SMOKE_ACCOUNTS_H

#define SMOKE_INSTRUCTOR "00000000000000101"
#define SMOKE_MENTEE     "00000000000000102"
#define SMOKE_STRANGER   "00000000000000103" /* is in no table */
#define SMOKE_MENTORSHIP "ca11ca11-0000-4000-8000-000000000003"

#endif
