/* Answers fsync with the number REFUSE_FLUSH for what is in a folder "unflushed", and for that folder. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int fsync(int file)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    const char *number = getenv("REFUSE_FLUSH");
    if (number && length > 0) {
        path[length] = 0;
        if (strstr(path, "/unflushed")) {
            errno = atoi(number);
            return -1;
        }
    }
    return (int)syscall(SYS_fsync, file);
}
