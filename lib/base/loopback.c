#include "base/loopback.h"

#include <arpa/inet.h>
#include <string.h>

bool loopback_is_host(const char *host) {
    struct in_addr v4;

    return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
           (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127);
}
