/* A libcuda.so.1 for machines without a GPU: the self-test's own P/Invoke path runs against it, in ordinary memory.
 *
 * It knows the three programs of the self-test by name and does what they say. What it has and how it fails stands in
 * the file $FAKE_CUDA_CONFIG, read at cuInit:
 *
 *   uuid=GPU-…            the device (may be repeated); with $CUDA_VISIBLE_DEVICES set only that one is shown
 *   memory=BYTES          default 1 GiB
 *   init=CODE             code that cuInit returns
 *   stuck_bit=WORD BIT    this bit of that word of the first block always reads as one after a fill
 *   wrong_compute=1       the last computed word is wrong
 *   fail.NAME=CODE        that call returns CODE
 *   hang=NAME             that call never returns
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
enum { MAX_DEVICES = 16, MAX_FAILS = 16 };
typedef uint64_t Pointer;
typedef struct { char name[64]; } Function;

static char uuids[MAX_DEVICES][64], hang[64], fail_call[MAX_FAILS][64];
static int devices, init_code, wrong_compute, fails, fail_code[MAX_FAILS], has_stuck, started;
static unsigned long long memory = 1ull << 30, used, stuck_word;
static unsigned stuck_bit;
static Pointer first_block;
static Function functions[3] = { { "pa_fill" }, { "pa_check" }, { "pa_compute" } };

static void read_config(void)
{
    const char *path = getenv("FAKE_CUDA_CONFIG"), *visible = getenv("CUDA_VISIBLE_DEVICES");
    FILE *file = path ? fopen(path, "re") : NULL;
    char line[256];
    if (!file) { init_code = 100; return; } /* no device */
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n#")] = 0;
        char *value = strchr(line, '=');
        if (!value) continue;
        *value++ = 0;
        if (!strcmp(line, "uuid") && devices < MAX_DEVICES && (!visible || !strcmp(visible, value))) snprintf(uuids[devices++], 64, "%s", value);
        else if (!strcmp(line, "memory")) memory = strtoull(value, NULL, 0);
        else if (!strcmp(line, "init")) init_code = atoi(value);
        else if (!strcmp(line, "hang")) snprintf(hang, sizeof hang, "%s", value);
        else if (!strcmp(line, "wrong_compute")) wrong_compute = atoi(value);
        else if (!strcmp(line, "stuck_bit")) has_stuck = sscanf(value, "%llu %u", &stuck_word, &stuck_bit) == 2;
        else if (!strncmp(line, "fail.", 5) && fails < MAX_FAILS) { snprintf(fail_call[fails], 64, "%.63s", line + 5); fail_code[fails++] = atoi(value); }
    }
    fclose(file);
}

static int enter(const char *call)
{
    while (!strcmp(hang, call)) pause();
    for (int i = 0; i < fails; i++) if (!strcmp(fail_call[i], call)) return fail_code[i];
    return started ? 0 : 3; /* not initialised */
}
#define ENTER() do { int code_ = enter(__func__); if (code_) return code_; } while (0)

EXPORT int cuInit(unsigned flags)
{
    (void)flags;
    if (!started) read_config();
    if (init_code) return init_code;
    started = 1;
    return enter("cuInit");
}

EXPORT int cuDeviceGetCount(int *to) { ENTER(); *to = devices; return 0; }
EXPORT int cuDeviceGet(int *to, int ordinal) { ENTER(); if (ordinal < 0 || ordinal >= devices) return 101; *to = ordinal; return 0; }

EXPORT int cuDeviceGetUuid(unsigned char *to, int device)
{
    ENTER();
    if (device < 0 || device >= devices) return 101;
    const char *from = uuids[device] + 4;
    for (int i = 0; i < 16; i++) {
        unsigned byte = 0;
        while (*from == '-') from++;
        if (sscanf(from, "%2x", &byte) != 1) return 1;
        to[i] = (unsigned char)byte;
        from += 2;
    }
    return 0;
}

EXPORT int cuDevicePrimaryCtxRetain(void **to, int device) { ENTER(); *to = uuids[device]; return 0; }
EXPORT int cuDevicePrimaryCtxRelease_v2(int device) { (void)device; ENTER(); return 0; }
EXPORT int cuCtxSetCurrent(void *context) { ENTER(); return context ? 0 : 201; }
EXPORT int cuCtxSynchronize(void) { ENTER(); return 0; }
EXPORT int cuMemGetInfo_v2(size_t *free_bytes, size_t *total) { ENTER(); *free_bytes = memory - used; *total = memory; return 0; }

EXPORT int cuMemAlloc_v2(Pointer *to, size_t bytes)
{
    ENTER();
    if (used + bytes > memory) return 2;
    uint64_t *block = malloc(bytes + 16);
    if (!block) return 2;
    block[0] = bytes;
    used += bytes;
    *to = (Pointer)(uintptr_t)(block + 2);
    if (!first_block) first_block = *to;
    return 0;
}

EXPORT int cuMemFree_v2(Pointer at)
{
    ENTER();
    uint64_t *block = (uint64_t *)(uintptr_t)at - 2;
    used -= block[0];
    free(block);
    return 0;
}

EXPORT int cuMemsetD32_v2(Pointer at, unsigned value, size_t count)
{
    ENTER();
    for (size_t i = 0; i < count; i++) ((uint32_t *)(uintptr_t)at)[i] = value;
    return 0;
}

EXPORT int cuMemcpyHtoD_v2(Pointer to, const void *from, size_t bytes) { ENTER(); memcpy((void *)(uintptr_t)to, from, bytes); return 0; }
EXPORT int cuMemcpyDtoH_v2(void *to, Pointer from, size_t bytes) { ENTER(); memcpy(to, (const void *)(uintptr_t)from, bytes); return 0; }
EXPORT int cuMemcpyDtoD_v2(Pointer to, Pointer from, size_t bytes) { ENTER(); memmove((void *)(uintptr_t)to, (const void *)(uintptr_t)from, bytes); return 0; }

EXPORT int cuModuleLoadData(void **to, const char *image)
{
    ENTER();
    if (strncmp(image, ".version", 8)) return 200; /* not a program */
    for (int i = 0; i < 3; i++) if (!strstr(image, functions[i].name)) return 500;
    *to = functions;
    return 0;
}

EXPORT int cuModuleUnload(void *module) { ENTER(); return module == functions ? 0 : 400; }

EXPORT int cuModuleGetFunction(void **to, void *module, const char *name)
{
    ENTER();
    if (module != functions) return 400;
    for (int i = 0; i < 3; i++) if (!strcmp(functions[i].name, name)) { *to = &functions[i]; return 0; }
    return 500;
}

static uint32_t mix(uint32_t index, uint32_t seed)
{
    uint32_t x = (index ^ seed) * 2654435761u;
    return x ^ (x >> 15);
}

EXPORT int cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, void *stream, void **parameters, void **extra)
{
    (void)shared; (void)stream; (void)extra;
    ENTER();
    if (!gx || gy != 1 || gz != 1 || !bx || by != 1 || bz != 1) return 1;
    uint32_t *words = (uint32_t *)(uintptr_t)*(Pointer *)parameters[0];
    uint64_t count = *(uint64_t *)parameters[1];
    uint32_t number = *(uint32_t *)parameters[2];
    if (function == &functions[0]) {
        for (uint64_t i = 0; i < count; i++) words[i] = mix((uint32_t)i, number);
        if (has_stuck && (Pointer)(uintptr_t)words == first_block && stuck_word < count) words[stuck_word] |= 1u << stuck_bit;
    } else if (function == &functions[1]) {
        uint32_t *errors = (uint32_t *)(uintptr_t)*(Pointer *)parameters[3];
        for (uint64_t i = 0; i < count; i++) *errors += words[i] != mix((uint32_t)i, number);
    } else if (function == &functions[2]) {
        uint32_t factor = 1, term = 0;
        for (uint32_t i = 0; i < number; i++) { factor *= 1664525u; term = term * 1664525u + 1013904223u; }
        for (uint64_t i = 0; i < count; i++) words[i] = words[i] * factor + term;
        if (wrong_compute && count) words[count - 1] ^= 1;
    } else return 400;
    return 0;
}
