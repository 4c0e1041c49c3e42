// Opens files until there are no more to be had. "files": this process alone; it says how many and why no more. "files N": as many
// processes, which hold theirs for two seconds.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static long fill(void)
{
    long opened = 0;
    while (open("/dev/null", O_RDONLY) >= 0) opened++;
    return opened;
}

int main(int count, char **words)
{
    if (count < 2) {
        long opened = fill();
        printf("%ld %s\n", opened, strerror(errno));
        return 0;
    }

    for (int i = atoi(words[1]); i > 0; i--) {
        if (fork() == 0) {
            fill();
            sleep(2);
            _exit(0);
        }
    }

    while (wait(NULL) > 0) {}
    return 0;
}
