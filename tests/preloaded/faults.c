/* Faults for a process that knows nothing of them: loaded before libc (LD_PRELOAD), it moves the wall clock and lets
 * what is written to some files fail. What is wrong now stands in the file named by FAULTS, which is mapped into memory:
 * who writes to it changes the process at once. See faults.py, which has the same layout. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct faults {
    int64_t seconds;  /* that the wall clock is ahead */
    int32_t on_write; /* errno of writes to files that are open, 0 for none */
    int32_t on_open;  /* errno of opening for writing, making, renaming and removing, 0 for none */
    uint64_t met;     /* how many calls have failed */
    char within[256]; /* in the paths that this is about */
};

static volatile struct faults *faults;

/* The next function of that name: libc's. */
#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("FAULTS");
    int file = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *found = mmap(NULL, sizeof *faults, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (found != MAP_FAILED) faults = found;
}

static int fails(int with, const char *path) {
    if (!with || !path || !strstr(path, (const char *)faults->within)) return 0;
    __atomic_add_fetch(&faults->met, 1, __ATOMIC_RELAXED);
    errno = with;
    return 1;
}

static int path_fails(const char *path) { return faults && fails(faults->on_open, path); }

static int file_fails(int file) {
    char link[32], path[4096];
    if (!faults || !faults->on_write) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return fails(faults->on_write, path);
}

/* The wall clock. */

static int is_wall(clockid_t clock) { return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE; }

int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(clock_gettime);
    int result = real(clock, now);
    if (faults && !result && is_wall(clock)) now->tv_sec += faults->seconds;
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    REAL(gettimeofday);
    int result = real(now, zone);
    if (faults && !result) now->tv_sec += faults->seconds;
    return result;
}

time_t time(time_t *now) {
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    if (now) *now = wall.tv_sec;
    return wall.tv_sec;
}

/* What writes to an open file. */

#define WRITES(type, name, parameters, arguments) \
    type name parameters { \
        REAL(name); \
        return file_fails(file) ? -1 : real arguments; \
    }

WRITES(ssize_t, write, (int file, const void *from, size_t length), (file, from, length))
WRITES(ssize_t, writev, (int file, const struct iovec *parts, int count), (file, parts, count))
WRITES(ssize_t, pwrite, (int file, const void *from, size_t length, off_t at), (file, from, length, at))
WRITES(ssize_t, pwrite64, (int file, const void *from, size_t length, off64_t at), (file, from, length, at))
WRITES(int, ftruncate, (int file, off_t length), (file, length))
WRITES(int, ftruncate64, (int file, off64_t length), (file, length))
WRITES(int, fsync, (int file), (file))
WRITES(int, fdatasync, (int file), (file))

/* What opens for writing. */

#define OPENS(name, parameters, ...) \
    int name parameters { \
        REAL(name); \
        mode_t mode = 0; \
        if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) { \
            va_list rest; \
            va_start(rest, flags); \
            mode = va_arg(rest, mode_t); \
            va_end(rest); \
        } \
        if ((flags & (O_ACCMODE | O_CREAT | O_TRUNC)) && path_fails(path)) return -1; \
        return real(__VA_ARGS__, flags, mode); \
    }

OPENS(open, (const char *path, int flags, ...), path)
OPENS(open64, (const char *path, int flags, ...), path)
OPENS(openat, (int folder, const char *path, int flags, ...), folder, path)
OPENS(openat64, (int folder, const char *path, int flags, ...), folder, path)

/* What changes a folder. */

#define CHANGES(name, parameters, arguments, failing) \
    int name parameters { \
        REAL(name); \
        return (failing) ? -1 : real arguments; \
    }

CHANGES(mkdir, (const char *path, mode_t mode), (path, mode), path_fails(path))
CHANGES(unlink, (const char *path), (path), path_fails(path))
CHANGES(rename, (const char *from, const char *to), (from, to), path_fails(from) || path_fails(to))
