/*
 * secret_strength: whether a secret could be guessed, by its length and variety alone.
 *
 * An estimate from above: the bits that a random text of these characters would hold. It
 * knows no dictionary, so what passes is not proven strong. For checks of a deployment: it
 * takes longer for one secret than for another.
 */
#ifndef VIDEO_CALL_SECRET_STRENGTH_H
#define VIDEO_CALL_SECRET_STRENGTH_H

#include "base/attributes.h"
#include "base/span.h"

enum secret_strength {
    SECRET_STRONG,
    SECRET_SHORT,      /* fewer bits than asked for, even if it is random */
    SECRET_REPETITIVE, /* long enough, of too few different characters */
};

/*
 * least_bits: 1000 at most. Hex digits count 4 bits, letters and digits up to 6, others up
 * to 6.5. Repetitive: fewer than 8 different characters, or than half of its length where
 * that is less.
 */
enum secret_strength secret_strength(struct span secret, int least_bits) MUST_CHECK;

#endif
