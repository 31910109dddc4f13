/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Preloaded into a program: a disk that fails. What changes a file under TT_FAULTS_PREFIX fails, or
 * takes long, as the file TT_FAULTS_CONTROL says at that moment; it has one line for each fault:
 *
 *     OPERATION ERROR [ONE-IN]      fsync EIO; all EROFS; write ENOSPC 10
 *     OPERATION +ERROR              rename +EIO: a rename is done, and fails
 *     OPERATION MILLISECONDS        write 50
 *
 * OPERATION: open (for writing), write, fsync (with fdatasync, syncfs), rename, mkdir, unlink, or
 * all of these; or renamed (fstatat after a rename that failed, of what it renamed to); with @NAME behind
 * it, of files whose path ends with that alone. Of several lines, each takes its time, and the first
 * error ends it. ONE-IN: one call in so many fails, by chance. No line, or no file: the disk is well.
 * Files that stdio opens and writes are not seen, nor is what is read.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

struct fault {
	char operation[48], what[16];
	int one_in;
};

static int
code_of(const char *name)
{
	static const struct {
		const char *name;
		int code;
	} codes[] = {{"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EROFS", EROFS},
			{"EDQUOT", EDQUOT}};

	for (unsigned i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(codes[i].name, name) == 0)
			return codes[i].code;
	return 0;
}

static void
sleep_ms(long ms)
{
	struct timespec ts = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&ts, NULL);
}

/* Reads the control file, past what is replaced here. */
static size_t
read_control(char *text, size_t size)
{
	const char *path = getenv("TT_FAULTS_CONTROL");
	int fd = path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = '\0';
	return n < 0 ? 0 : (size_t)n;
}

/* Is the operation on that path the one that a line means? */
static int
is_meant(char *line, const char *operation, const char *path)
{
	char *name = strchr(line, '@');

	if (name != NULL) {
		size_t n = strlen(path), end = strlen(name + 1);

		*name = '\0';
		if (n < end || strcmp(path + n - end, name + 1) != 0)
			return 0;
	}
	return strcmp(line, operation) == 0
			|| (strcmp(line, "all") == 0
					&& strcmp(operation, "renamed") != 0);
}

/* What befalls an operation on a path now: 0, or the errno that it shall fail with; negative where
 * it shall be done first. */
static int
befall(const char *operation, const char *path)
{
	static __thread unsigned seed;
	char text[512], *rest = text, *line;
	int code = 0;

	if (seed == 0)
		seed = (unsigned)getpid() * 7919U + 1;
	read_control(text, sizeof(text));
	while (code == 0 && (line = strsep(&rest, "\n")) != NULL) {
		struct fault f = {.one_in = 1};

		if (sscanf(line, "%47s %15s %d", f.operation, f.what, &f.one_in) < 2
				|| !is_meant(f.operation, operation, path)
				|| (f.one_in > 1 && rand_r(&seed) % f.one_in != 0))
			continue;
		code = f.what[0] == '+' ? -code_of(f.what + 1) : code_of(f.what);
		if (code == 0)
			sleep_ms(atol(f.what));
	}
	return code;
}

static int
is_below(const char *path)
{
	const char *prefix = getenv("TT_FAULTS_PREFIX");

	return prefix != NULL && strncmp(path, prefix, strlen(prefix)) == 0;
}

/* Writes the path of what is open. */
static void
path_of(int fd, char path[4096])
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, 4095);
	path[n < 0 ? 0 : n] = '\0';
}

/* What befalls an operation on an open file, on a path in an open directory. */
static int
befall_fd(int fd, const char *operation)
{
	char path[4096];

	path_of(fd, path);
	return is_below(path) ? befall(operation, path) : 0;
}

static int
befall_at(int dir_fd, const char *name, const char *operation)
{
	char path[4096] = "";
	size_t n;

	if (name[0] != '/' && dir_fd != AT_FDCWD) {
		path_of(dir_fd, path);
		strncat(path, "/", sizeof(path) - strlen(path) - 1);
	}
	n = strlen(path);
	snprintf(path + n, sizeof(path) - n, "%s", name);
	return is_below(path) ? befall(operation, path) : 0;
}

/* Fails in the caller with the fault's errno. */
#define FAULT(code)                         \
	do {                                \
		int code_ = (code);         \
		if (code_ != 0) {           \
			errno = abs(code_); \
			return -1;          \
		}                           \
	} while (0)

static int
open_at(int dir_fd, const char *path, int flags, mode_t mode)
{
	FAULT((flags & O_ACCMODE) == O_RDONLY ? 0 : befall_at(dir_fd, path, "open"));
	return (int)syscall(SYS_openat, dir_fd, path, flags, mode);
}

static mode_t
mode_of(int flags, va_list ap)
{
	return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;
}

/* With _FILE_OFFSET_BITS=64, as everything here is compiled, these are open64 and openat64. */
int
open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	return open_at(AT_FDCWD, path, flags, mode);
}

int
openat(int dir_fd, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	return open_at(dir_fd, path, flags, mode);
}

ssize_t
write(int fd, const void *bytes, size_t n)
{
	FAULT(befall_fd(fd, "write"));
	return NEXT(write)(fd, bytes, n);
}

int
fsync(int fd)
{
	FAULT(befall_fd(fd, "fsync"));
	return NEXT(fsync)(fd);
}

int
fdatasync(int fd)
{
	FAULT(befall_fd(fd, "fsync"));
	return NEXT(fdatasync)(fd);
}

int
syncfs(int fd)
{
	FAULT(befall_fd(fd, "fsync"));
	return NEXT(syncfs)(fd);
}

/* What the thread's last rename that failed was to make. */
static __thread char renamed[256];

/* All renames; flags of renameat2. */
static int
rename_at(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
	int code = befall_at(to_fd, to, "rename"), ret = 0;

	renamed[0] = '\0';
	if (code != 0)
		snprintf(renamed, sizeof(renamed), "%s", to);

	if (code <= 0)
		ret = (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
	if (ret != 0 || code == 0)
		return ret;
	errno = abs(code);
	return -1;
}

int
rename(const char *from, const char *to)
{
	return rename_at(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	return rename_at(from_fd, from, to_fd, to, 0);
}

int
renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
	return rename_at(from_fd, from, to_fd, to, flags);
}

int
fstatat(int dir_fd, const char *path, struct stat *st, int flags)
{
	if (renamed[0] != '\0' && strcmp(path, renamed) == 0)
		FAULT(befall_at(dir_fd, path, "renamed"));
	return NEXT(fstatat)(dir_fd, path, st, flags);
}

int
mkdirat(int dir_fd, const char *path, mode_t mode)
{
	FAULT(befall_at(dir_fd, path, "mkdir"));
	return NEXT(mkdirat)(dir_fd, path, mode);
}

int
unlinkat(int dir_fd, const char *path, int flags)
{
	FAULT(befall_at(dir_fd, path, "unlink"));
	return NEXT(unlinkat)(dir_fd, path, flags);
}
