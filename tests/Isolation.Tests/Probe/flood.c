/* Opens connections as fast as it can, or sends as much as it can: what a hostile tenant brings along. Prints how many it tried. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char block[8192];

int main(int count, char **words) {
    if (count != 4) return 2;
    struct sockaddr_in to = {.sin_family = AF_INET};
    if (inet_pton(AF_INET, words[2], &to.sin_addr) != 1) return 2;
    long wanted = atol(words[3]), tried = 0;
    int udp = strcmp(words[1], "udp") == 0, bytes = strcmp(words[1], "bytes") == 0;

    if (bytes) {
        int s = socket(AF_INET, SOCK_DGRAM, 0);
        to.sin_port = htons(9);
        while (tried < wanted) {
            ssize_t sent = sendto(s, block, sizeof block, 0, (struct sockaddr *)&to, sizeof to);
            if (sent > 0) tried += sent;
            else if (errno != EAGAIN && errno != ENOBUFS && errno != EPERM && errno != ECONNREFUSED) break;
        }
    } else {
        /* Another port of the target each time: no connection shares its numbers with one before. */
        for (long i = 0; i < wanted; i++) {
            int s = socket(AF_INET, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK, 0);
            if (s < 0) continue;
            to.sin_port = htons(1024 + i % 60000);
            int result = udp ? (int)sendto(s, "x", 1, 0, (struct sockaddr *)&to, sizeof to) : connect(s, (struct sockaddr *)&to, sizeof to);
            if (result >= 0 || errno == EINPROGRESS || errno == ECONNREFUSED) tried++;
            close(s);
        }
    }

    printf("%ld\n", tried);
    return 0;
}
