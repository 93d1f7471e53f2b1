/* SPDX-License-Identifier: MIT */
/* measure RUNS PROGRAM ARGUMENT...: runs a program so often; prints the median wall time in ms and the peak memory in KiB. */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* One run; its wall time in ms, negative where it failed. */
static double one_run(char **arguments, long *peak)
{
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 1);
        execvp(arguments[0], arguments);
        _exit(127);
    }
    int status;
    struct rusage usage;
    wait4(pid, &status, 0, &usage);
    clock_gettime(CLOCK_MONOTONIC, &to);
    *peak = usage.ru_maxrss > *peak ? usage.ru_maxrss : *peak;
    double ms = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? ms : -1;
}

int main(int argc, char **argv)
{
    int runs = argc > 2 ? atoi(argv[1]) : 0;
    double *times = runs > 0 ? calloc((size_t)runs, sizeof *times) : NULL;
    if (!times)
        return 2;
    long peak = 0;
    for (int i = 0; i < runs; i++) {
        times[i] = one_run(argv + 2, &peak);
        if (times[i] < 0)
            return 1;
    }
    qsort(times, (size_t)runs, sizeof *times, by_size);
    printf("%.2f %ld\n", times[runs / 2], peak);
    free(times);
    return 0;
}
