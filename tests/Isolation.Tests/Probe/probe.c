/* Tries one thing that a tenant must not be able to do, or, as a control, one that it must. Prints "allowed" or the error's name. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static char scratch[4096];

static long call(long number, long a, long b, long c, long d, long e) { return syscall(number, a, b, c, d, e, 0L); }

static int idle(void *unused) {
    (void)unused;
    return 0;
}

static long new_namespace(int flags) {
    static char stack[65536];
    int child = clone(idle, stack + sizeof stack, flags | SIGCHLD, NULL);
    if (child > 0) waitpid(child, NULL, 0);
    return child;
}

static long block_device(void) {
    unlink("/tmp/disk");
    return mknod("/tmp/disk", S_IFBLK | 0600, makedev(254, 0));
}

static long try(const char *what) {
#define IS(name) (strcmp(what, name) == 0)
    if (IS("io_uring")) return call(425, 8, (long)scratch, 0, 0, 0);
    if (IS("bpf")) return call(SYS_bpf, 0, (long)scratch, 48, 0, 0);
    if (IS("perf")) return call(SYS_perf_event_open, (long)scratch, 0, -1, -1, 0);
    if (IS("userfaultfd")) return call(SYS_userfaultfd, O_CLOEXEC, 0, 0, 0, 0);
    if (IS("keyctl")) return call(SYS_keyctl, 0, -3, 1, 0, 0);
    if (IS("add_key")) return call(SYS_add_key, (long)"user", (long)"name", (long)"data", 4, -3);
    if (IS("request_key")) return call(SYS_request_key, (long)"user", (long)"name", 0, -3, 0);
    if (IS("mount")) return mount("none", "/tmp", "tmpfs", 0, NULL);
    if (IS("bind_mount")) return mount("/proc", "/tmp", NULL, MS_BIND, NULL);
    if (IS("umount")) return umount2("/proc", MNT_DETACH);
    if (IS("fsopen")) return call(430, (long)"proc", 0, 0, 0, 0);
    if (IS("open_tree")) return call(428, AT_FDCWD, (long)"/", 1, 0, 0);
    if (IS("pivot_root")) return call(SYS_pivot_root, (long)"/tmp", (long)"/tmp", 0, 0, 0);
    if (IS("unshare_user")) return unshare(CLONE_NEWUSER);
    if (IS("unshare_net")) return unshare(CLONE_NEWNET);
    if (IS("unshare_mount")) return unshare(CLONE_NEWNS);
    if (IS("clone_user")) return new_namespace(CLONE_NEWUSER);
    if (IS("clone_pid")) return new_namespace(CLONE_NEWPID);
    if (IS("clone3")) return call(435, (long)scratch, 64, 0, 0, 0);
    if (IS("setns")) return setns(open("/proc/1/ns/net", O_RDONLY), 0);
    if (IS("init_module")) return call(SYS_init_module, (long)scratch, 16, (long)"", 0, 0);
    if (IS("finit_module")) return call(SYS_finit_module, 0, (long)"", 0, 0, 0);
    if (IS("delete_module")) return call(SYS_delete_module, (long)"none", 0, 0, 0, 0);
    if (IS("kexec")) return call(SYS_kexec_load, 0, 0, 0, 0, 0);
    if (IS("reboot")) return call(SYS_reboot, 0xfee1dead, 672274793, 0x89abcdef, 0, 0);
    if (IS("swapon")) return call(SYS_swapon, (long)"/tmp/none", 0, 0, 0, 0);
    if (IS("swapoff")) return call(SYS_swapoff, (long)"/tmp/none", 0, 0, 0, 0);
    if (IS("clock_settime")) return call(SYS_clock_settime, 0, (long)scratch, 0, 0, 0);
    if (IS("settimeofday")) return call(SYS_settimeofday, (long)scratch, 0, 0, 0, 0);
    if (IS("sethostname")) return sethostname("mine", 4);
    if (IS("syslog")) return call(SYS_syslog, 3, (long)scratch, sizeof scratch, 0, 0);
    if (IS("quotactl")) return call(SYS_quotactl, 0x800001, (long)"/dev/vda", 0, (long)scratch, 0);
    if (IS("acct")) return call(SYS_acct, (long)"/tmp/acct", 0, 0, 0, 0);
    if (IS("open_by_handle")) return call(SYS_open_by_handle_at, AT_FDCWD, (long)scratch, O_RDONLY, 0, 0);
    if (IS("process_vm_writev")) return call(SYS_process_vm_writev, 1, (long)scratch, 1, (long)scratch, 1);
    if (IS("pidfd_getfd")) return call(438, 0, 0, 0, 0, 0);
    if (IS("kcmp")) return call(SYS_kcmp, 1, 1, 0, 0, 0);
    if (IS("move_pages")) return call(SYS_move_pages, 1, 0, 0, 0, 0);
#ifdef SYS_iopl
    if (IS("iopl")) return call(SYS_iopl, 3, 0, 0, 0, 0);
    if (IS("ioperm")) return call(SYS_ioperm, 0x70, 2, 1, 0, 0);
#endif
    if (IS("no_aslr")) return call(SYS_personality, 0x0040000, 0, 0, 0, 0);
    if (IS("vhangup")) return call(SYS_vhangup, 0, 0, 0, 0, 0);
    if (IS("block_device")) return block_device();
    if (IS("set_securebits")) return prctl(PR_SET_SECUREBITS, 1);
    if (IS("socket_vsock")) return socket(40, SOCK_STREAM, 0);
    if (IS("socket_packet")) return socket(AF_PACKET, SOCK_RAW, 0);
    if (IS("socket_raw")) return socket(AF_INET, SOCK_RAW, 1);
    if (IS("socket_alg")) return socket(38, SOCK_SEQPACKET, 0);
    if (IS("socket_bluetooth")) return socket(31, SOCK_RAW, 1);
    if (IS("socket_key")) return socket(15, SOCK_RAW, 2);
    if (IS("socketpair_vsock")) return socketpair(40, SOCK_STREAM, 0, (int[2]){0, 0});

    if (IS("tcp")) return socket(AF_INET, SOCK_STREAM, 0);
    if (IS("udp6")) return socket(AF_INET6, SOCK_DGRAM, 0);
    if (IS("unix")) return socket(AF_UNIX, SOCK_STREAM, 0);
    if (IS("fork")) return new_namespace(0);
    if (IS("memfd")) return call(SYS_memfd_create, (long)"x", 0, 0, 0, 0);
    if (IS("random")) return call(SYS_getrandom, (long)scratch, 16, 0, 0, 0);
    if (IS("epoll")) return epoll_create1(0);
    if (IS("chown")) return chown("/tmp", 1000, 1000);
    if (IS("statx")) return call(SYS_statx, AT_FDCWD, (long)"/", 0, 0x7ff, (long)scratch);
    fprintf(stderr, "unknown: %s\n", what);
    return -2;
}

int main(int count, char **words) {
    if (count != 2) return 2;
    errno = 0;
    long result = try(words[1]);
    puts(result >= 0 ? "allowed" : result == -2 ? "unknown" : strerrorname_np(errno));
    return 0;
}
