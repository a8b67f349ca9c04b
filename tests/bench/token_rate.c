/* Builds tokens for the given number of seconds and prints how many per second. */
#include "agora/agora_token.h"
#include "base/clock.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argument_count, char **arguments) {
    int64_t seconds = argument_count > 1 ? atoll(arguments[1]) : 2;
    struct agora_token_request request = {
        .app_id = SPAN_OF("0123456789abcdef0123456789abcdef"),
        .certificate = SPAN_OF("fedcba9876543210fedcba9876543210"),
        .channel = SPAN_OF("11111111-1111-4111-8111-111111111111"),
        .account = SPAN_OF("100000000000000001"),
        .role = AGORA_TOKEN_HOST,
        .issued_at_sec = 1790000000,
        .lifetime_sec = 86400,
    };
    char token[AGORA_TOKEN_TEXT_BYTES];
    int64_t tokens = 0;

    if (sodium_init() < 0)
        return 1;
    int64_t began_us = clock_us();
    int64_t spent_us = 0;
    do {
        request.salt = agora_token_random_salt();
        if (agora_token_build(&request, token) != AGORA_TOKEN_OK)
            return 1;
        tokens++;
        spent_us = clock_us() - began_us;
    } while (spent_us < seconds * 1000000);
    printf("%.0f\n", (double)tokens * 1e6 / (double)spent_us);
    return 0;
}
