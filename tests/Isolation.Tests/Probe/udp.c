/* Answers over UDP, or asks: the shell's own programs know no UDP. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int main(int count, char **words) {
    char text[64] = "ask";
    struct sockaddr_in peer = {.sin_family = AF_INET};
    socklen_t size = sizeof peer;
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (count >= 3 && strcmp(words[1], "serve") == 0) {
        peer.sin_port = htons(atoi(words[2]));
        /* Where a host has several addresses, the answer must come from the one that was asked. */
        if (count == 4 && inet_pton(AF_INET, words[3], &peer.sin_addr) != 1) return 2;
        if (bind(s, (struct sockaddr *)&peer, sizeof peer) != 0) return 1;
        while (recvfrom(s, text, sizeof text, 0, (struct sockaddr *)&peer, &size) >= 0) sendto(s, "udp from api", 12, 0, (struct sockaddr *)&peer, size);
        return 1;
    }

    if (count != 4 || inet_pton(AF_INET, words[2], &peer.sin_addr) != 1) return 2;
    peer.sin_port = htons(atoi(words[3]));
    struct timeval wait = {.tv_sec = 1};
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    if (connect(s, (struct sockaddr *)&peer, sizeof peer) != 0 || send(s, text, 3, 0) != 3) return 1;
    ssize_t got = recv(s, text, sizeof text, 0);
    if (got <= 0) return 1;
    return printf("%.*s\n", (int)got, text) < 0;
}
