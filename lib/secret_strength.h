/*
 * secret_strength: whether a secret could be guessed, by its length and variety alone.
 *
 * An upper estimate: the bits that a random text of these characters would hold. It knows
 * no dictionary, so a secret that passes isn't proven strong. For checks of a deployment
 * only: its time depends on the secret.
 */
#ifndef VIDEO_CALL_SECRET_STRENGTH_H
#define VIDEO_CALL_SECRET_STRENGTH_H

#include "base/attributes.h"
#include "base/span.h"

enum secret_strength {
    SECRET_STRONG,
    SECRET_SHORT,      /* fewer bits than asked for, even if it is random */
    SECRET_REPETITIVE, /* long enough, but of too few different characters */
};

/*
 * min_bits: 1000 at most. Hex digits count 4 bits, letters and digits up to 6, others up
 * to 6.5. Repetitive: fewer different characters than 8, or than half its length if that is
 * less.
 */
enum secret_strength secret_strength(struct span secret, int min_bits) MUST_CHECK;

#endif
