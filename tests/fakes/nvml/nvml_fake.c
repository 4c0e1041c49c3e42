/* A libnvidia-ml.so.1 for machines without a GPU: the daemon's own P/Invoke path runs against it.
 *
 * The hardware stands in a text file, named by fake_nvml_use() or $FAKE_NVML_CONFIG. The file is looked at in every
 * call and read again when it changed, so a test changes the hardware by renaming a new file over the old one.
 *
 *   driver=550.54.15        answers of the library as a whole; they stand before the first [gpu]
 *   nvml=12.550.54.15
 *   cuda=12040
 *   init=0                  code that nvmlInit_v2 returns
 *   hang=NAME               this call does not return until the file no longer says so
 *   absent=NAME             this call answers 13, as an older driver's library does
 *   xid=SEQ UUID CODE       device UUID reports an XID; told once to each event set that is older than the line
 *   nvlink=UUID UUID        the two are joined by NVLink
 *   [gpu]                   the next device
 *   uuid= name= serial= bus= (0000:01:00.0) pci=0x268410DE minor=
 *   memory= used=           bytes; 18446744073709551615 is possible, as with a broken driver
 *   util= power= limit= energy= temperature= slowdown= sm= throttle= gen= width= maxgen= maxwidth=
 *   ecc= remap=CORR UNC PENDING FAILURE   mig=-1|0|1   capability=8.9   numa=  switch=
 *   process=PID BYTES       may be repeated
 *   fail=CODE               every call about this device returns CODE
 *   fail.NAME=CODE          only that call
 *
 * Without a file, or with none that can be read, the driver counts as not loaded (9).
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define EXPORT __attribute__((visibility("default")))
enum { OK = 0, UNINIT = 1, INVALID = 2, NOT_SUPPORTED = 3, SMALL = 7, NO_DRIVER = 9, TIMED_OUT = 10, NO_FUNCTION = 13, LOST = 15, BAD_VERSION = 25 };
enum { MAX_GPUS = 32, MAX_PROCESSES = 128, MAX_FAILS = 16, MAX_XIDS = 64, MAX_LINKS = 128, TEXT = 96 };

typedef struct { char legacy[16]; unsigned domain, bus, device, pci, subsystem; char bus_id[32]; } PciInfo;
typedef struct { unsigned long long total, free, used; } Memory;
typedef struct { unsigned version; unsigned long long total, reserved, free, used; } MemoryV2;
typedef struct { unsigned gpu, memory; } Utilization;
typedef struct { unsigned pid; unsigned long long bytes; unsigned gi, ci; } Process;
typedef struct { void *device; unsigned long long type, data; unsigned gi, ci; } Event;
_Static_assert(sizeof(PciInfo) == 68 && sizeof(MemoryV2) == 40 && sizeof(Process) == 24 && sizeof(Event) == 32, "layouts of the C interface");

typedef struct {
    char uuid[TEXT], name[TEXT], serial[TEXT], bus[32];
    unsigned long long memory, used, energy, ecc, throttle;
    unsigned pci, minor, util, power, limit, temperature, slowdown, sm, gen, width, maxgen, maxwidth, remap[4];
    int mig, major_cap, minor_cap, numa, on_switch, fail, has_remap, processes, fails;
    Process process[MAX_PROCESSES];
    struct { char call[64]; int code; } failing[MAX_FAILS];
} Gpu;

typedef struct {
    char driver[TEXT], nvml[TEXT], hang[64], absent[64];
    int cuda, init, gpus, xids, links, loaded;
    struct { unsigned long long seq; char uuid[TEXT]; unsigned long long code; } xid[MAX_XIDS];
    struct { char left[TEXT], right[TEXT]; } link[MAX_LINKS];
    Gpu gpu[MAX_GPUS];
} Machine;

typedef struct { char uuid[TEXT]; } Device;
typedef struct { unsigned long long seen; } EventSet;

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static Machine machine;
static struct stat read_as;
static char path[4096];
static int users;
static Device known[256]; /* handles stay valid for the life of the process; a device keeps the one that its UUID got first */
static int known_count;

EXPORT void fake_nvml_use(const char *file)
{
    pthread_mutex_lock(&gate);
    snprintf(path, sizeof path, "%s", file);
    memset(&read_as, 0, sizeof read_as);
    machine.loaded = 0;
    pthread_mutex_unlock(&gate);
}

static void begin_gpu(Machine *m, Gpu **at)
{
    if (m->gpus == MAX_GPUS) return;
    Gpu *g = &m->gpu[m->gpus];
    memset(g, 0, sizeof *g);
    snprintf(g->uuid, TEXT, "GPU-00000000-0000-0000-0000-%012d", m->gpus);
    snprintf(g->name, TEXT, "NVIDIA GeForce RTX 4090");
    snprintf(g->serial, TEXT, "%013d", m->gpus);
    snprintf(g->bus, sizeof g->bus, "0000:%02X:00.0", m->gpus + 1);
    g->memory = 24564ull << 20;
    g->pci = 0x268410DE;
    g->minor = (unsigned)m->gpus;
    g->power = 20000;
    g->limit = 450000;
    g->temperature = 35;
    g->slowdown = 95;
    g->sm = 210;
    g->gen = g->maxgen = 4;
    g->width = g->maxwidth = 16;
    g->mig = -1;
    g->major_cap = 8;
    g->minor_cap = 9;
    m->gpus++;
    *at = g;
}

static void read_line(Machine *m, Gpu **at, char *line)
{
    line[strcspn(line, "\r\n#")] = 0;
    char *key = line + strspn(line, " \t");
    for (size_t n = strlen(key); n && (key[n - 1] == ' ' || key[n - 1] == '\t');) key[--n] = 0;
    if (!strcmp(key, "[gpu]")) { begin_gpu(m, at); return; }
    char *value = strchr(key, '=');
    if (!value) return;
    *value++ = 0;
    Gpu *g = *at;
    unsigned long long number = strtoull(value, NULL, 0);
#define WORD(name, field) if (!strcmp(key, name)) { snprintf(field, sizeof field, "%s", value); return; }
#define COUNT(name, field) if (!strcmp(key, name)) { field = number; return; }
    if (!g) {
        WORD("driver", m->driver) WORD("nvml", m->nvml) WORD("hang", m->hang) WORD("absent", m->absent)
        COUNT("cuda", m->cuda) COUNT("init", m->init)
        if (!strcmp(key, "xid") && m->xids < MAX_XIDS &&
            sscanf(value, "%llu %95s %llu", &m->xid[m->xids].seq, m->xid[m->xids].uuid, &m->xid[m->xids].code) == 3) m->xids++;
        if (!strcmp(key, "nvlink") && m->links < MAX_LINKS &&
            sscanf(value, "%95s %95s", m->link[m->links].left, m->link[m->links].right) == 2) m->links++;
        return;
    }
    WORD("uuid", g->uuid) WORD("name", g->name) WORD("serial", g->serial) WORD("bus", g->bus)
    COUNT("pci", g->pci) COUNT("minor", g->minor) COUNT("memory", g->memory) COUNT("used", g->used) COUNT("util", g->util)
    COUNT("power", g->power) COUNT("limit", g->limit) COUNT("energy", g->energy) COUNT("temperature", g->temperature)
    COUNT("slowdown", g->slowdown) COUNT("sm", g->sm) COUNT("throttle", g->throttle) COUNT("gen", g->gen) COUNT("width", g->width)
    COUNT("maxgen", g->maxgen) COUNT("maxwidth", g->maxwidth) COUNT("ecc", g->ecc) COUNT("fail", g->fail)
    COUNT("numa", g->numa) COUNT("switch", g->on_switch)
    if (!strcmp(key, "mig")) g->mig = atoi(value);
    else if (!strcmp(key, "capability")) sscanf(value, "%d.%d", &g->major_cap, &g->minor_cap);
    else if (!strcmp(key, "remap")) g->has_remap = sscanf(value, "%u %u %u %u", &g->remap[0], &g->remap[1], &g->remap[2], &g->remap[3]) == 4;
    else if (!strcmp(key, "process") && g->processes < MAX_PROCESSES) {
        Process *p = &g->process[g->processes];
        if (sscanf(value, "%u %llu", &p->pid, &p->bytes) >= 1) { p->gi = p->ci = 0xFFFFFFFFu; g->processes++; }
    } else if (!strncmp(key, "fail.", 5) && g->fails < MAX_FAILS) {
        snprintf(g->failing[g->fails].call, 64, "%s", key + 5);
        g->failing[g->fails++].code = (int)number;
    }
#undef WORD
#undef COUNT
}

/* Called with the gate held. */
static int refresh(void)
{
    struct stat now;
    if (!path[0] && getenv("FAKE_NVML_CONFIG")) snprintf(path, sizeof path, "%s", getenv("FAKE_NVML_CONFIG"));
    if (!path[0] || stat(path, &now)) { machine.loaded = 0; return NO_DRIVER; }
    if (machine.loaded && now.st_ino == read_as.st_ino && now.st_size == read_as.st_size &&
        now.st_mtim.tv_sec == read_as.st_mtim.tv_sec && now.st_mtim.tv_nsec == read_as.st_mtim.tv_nsec) return OK;
    FILE *file = fopen(path, "re");
    if (!file) { machine.loaded = 0; return NO_DRIVER; }
    memset(&machine, 0, sizeof machine);
    snprintf(machine.driver, TEXT, "550.54.15");
    snprintf(machine.nvml, TEXT, "12.550.54.15");
    machine.cuda = 12040;
    char line[512];
    Gpu *at = NULL;
    while (fgets(line, sizeof line, file)) read_line(&machine, &at, line);
    fclose(file);
    machine.loaded = 1;
    read_as = now;
    return OK;
}

/* Takes the gate, waits out a hang, and leaves with the gate held. */
static int enter(const char *call, int needs_start)
{
    pthread_mutex_lock(&gate);
    int code = refresh();
    while (!code && !strcmp(machine.hang, call)) {
        struct timespec nap = { 0, 20 * 1000 * 1000 };
        pthread_mutex_unlock(&gate);
        nanosleep(&nap, NULL);
        pthread_mutex_lock(&gate);
        code = refresh();
    }
    if (needs_start && !users) return UNINIT;
    if (code) return code;
    return strcmp(machine.absent, call) ? OK : NO_FUNCTION;
}

static int leave(int code)
{
    pthread_mutex_unlock(&gate);
    return code;
}

static Gpu *find(const char *uuid)
{
    for (int i = 0; i < machine.gpus; i++) if (!strcmp(machine.gpu[i].uuid, uuid)) return &machine.gpu[i];
    return NULL;
}

static int enter_device(const char *call, void *device, Gpu **found)
{
    int code = enter(call, 1);
    if (code) return code;
    if ((Device *)device < known || (Device *)device >= known + known_count) return INVALID;
    Gpu *g = find(((Device *)device)->uuid);
    if (!g) return LOST;
    for (int i = 0; i < g->fails; i++) if (!strcmp(g->failing[i].call, call)) return g->failing[i].code;
    *found = g;
    return g->fail;
}

static int put(char *to, unsigned room, const char *text)
{
    if (!to) return INVALID;
    if (strlen(text) + 1 > room) return SMALL;
    strcpy(to, text);
    return OK;
}

#define SYSTEM(name, arguments, body) EXPORT int name arguments { int code = enter(#name, 1); if (!code) { body; } return leave(code); }
#define DEVICE(name, arguments, body) EXPORT int name arguments { Gpu *g = NULL; int code = enter_device(#name, d, &g); if (!code) { body; } return leave(code); }

EXPORT int nvmlInit_v2(void)
{
    int code = enter("nvmlInit_v2", 0);
    if (!code) code = machine.init;
    if (!code) users++;
    return leave(code);
}

EXPORT int nvmlShutdown(void)
{
    pthread_mutex_lock(&gate);
    int code = users ? OK : UNINIT;
    if (users) users--;
    return leave(code);
}

SYSTEM(nvmlSystemGetDriverVersion, (char *to, unsigned room), code = put(to, room, machine.driver))
SYSTEM(nvmlSystemGetNVMLVersion, (char *to, unsigned room), code = put(to, room, machine.nvml))
SYSTEM(nvmlSystemGetCudaDriverVersion_v2, (int *to), *to = machine.cuda)
SYSTEM(nvmlDeviceGetCount_v2, (unsigned *to), *to = (unsigned)machine.gpus)

EXPORT int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **to)
{
    int code = enter("nvmlDeviceGetHandleByIndex_v2", 1);
    if (code) return leave(code);
    if (index >= (unsigned)machine.gpus) return leave(INVALID);
    Gpu *g = &machine.gpu[index];
    if (g->fail == LOST) return leave(LOST);
    for (int i = 0; i < known_count; i++) if (!strcmp(known[i].uuid, g->uuid)) { *to = &known[i]; return leave(OK); }
    if (known_count == (int)(sizeof known / sizeof *known)) return leave(INVALID);
    snprintf(known[known_count].uuid, TEXT, "%s", g->uuid);
    *to = &known[known_count++];
    return leave(OK);
}

DEVICE(nvmlDeviceGetName, (void *d, char *to, unsigned room), code = put(to, room, g->name))
DEVICE(nvmlDeviceGetUUID, (void *d, char *to, unsigned room), code = put(to, room, g->uuid))
DEVICE(nvmlDeviceGetSerial, (void *d, char *to, unsigned room), code = put(to, room, g->serial))
DEVICE(nvmlDeviceGetMinorNumber, (void *d, unsigned *to), *to = g->minor)

static void pci_info(const Gpu *g, PciInfo *to)
{
    memset(to, 0, sizeof *to);
    sscanf(g->bus, "%x:%x:%x", &to->domain, &to->bus, &to->device);
    to->pci = g->pci;
    snprintf(to->legacy, sizeof to->legacy, "%04X:%02X:%02X.0", to->domain & 0xffff, to->bus & 0xff, to->device & 0xff);
    snprintf(to->bus_id, sizeof to->bus_id, "%08X:%02X:%02X.0", to->domain, to->bus & 0xff, to->device & 0xff);
}

DEVICE(nvmlDeviceGetPciInfo_v3, (void *d, PciInfo *to), pci_info(g, to))
DEVICE(nvmlDeviceGetPciInfo_v2, (void *d, PciInfo *to), pci_info(g, to))
DEVICE(nvmlDeviceGetMemoryInfo, (void *d, Memory *to), *to = ((Memory){ g->memory, g->memory - g->used, g->used }))
DEVICE(nvmlDeviceGetMemoryInfo_v2, (void *d, MemoryV2 *to),
       if (to->version != (sizeof *to | 2u << 24)) code = BAD_VERSION;
       else { to->total = g->memory; to->reserved = 0; to->used = g->used; to->free = g->memory - g->used; })
DEVICE(nvmlDeviceGetUtilizationRates, (void *d, Utilization *to), to->gpu = g->util; to->memory = g->util / 2)
DEVICE(nvmlDeviceGetPowerUsage, (void *d, unsigned *to), *to = g->power)
DEVICE(nvmlDeviceGetEnforcedPowerLimit, (void *d, unsigned *to), *to = g->limit)
DEVICE(nvmlDeviceGetTotalEnergyConsumption, (void *d, unsigned long long *to), *to = g->energy)
DEVICE(nvmlDeviceGetTemperature, (void *d, int sensor, unsigned *to), (void)sensor; *to = g->temperature)
DEVICE(nvmlDeviceGetTemperatureThreshold, (void *d, int which, unsigned *to), *to = which == 1 ? g->slowdown : g->slowdown + 5)
DEVICE(nvmlDeviceGetClockInfo, (void *d, int which, unsigned *to), *to = which == 2 ? 10501 : g->sm)
/* Only the older name: the newer one is missing from this library, as it is from many drivers. */
DEVICE(nvmlDeviceGetCurrentClocksThrottleReasons, (void *d, unsigned long long *to), *to = g->throttle)
DEVICE(nvmlDeviceGetCurrPcieLinkGeneration, (void *d, unsigned *to), *to = g->gen)
DEVICE(nvmlDeviceGetCurrPcieLinkWidth, (void *d, unsigned *to), *to = g->width)
DEVICE(nvmlDeviceGetMaxPcieLinkGeneration, (void *d, unsigned *to), *to = g->maxgen)
DEVICE(nvmlDeviceGetMaxPcieLinkWidth, (void *d, unsigned *to), *to = g->maxwidth)
DEVICE(nvmlDeviceGetTotalEccErrors, (void *d, int kind, int counter, unsigned long long *to), (void)counter; *to = kind == 1 ? g->ecc : 0)
DEVICE(nvmlDeviceGetRemappedRows, (void *d, unsigned *corr, unsigned *unc, unsigned *pending, unsigned *failure),
       if (!g->has_remap) code = NOT_SUPPORTED;
       else { *corr = g->remap[0]; *unc = g->remap[1]; *pending = g->remap[2]; *failure = g->remap[3]; })
DEVICE(nvmlDeviceGetMigMode, (void *d, unsigned *current, unsigned *pending),
       if (g->mig < 0) code = NOT_SUPPORTED;
       else *current = *pending = (unsigned)g->mig)
DEVICE(nvmlDeviceGetCudaComputeCapability, (void *d, int *major, int *minor), *major = g->major_cap; *minor = g->minor_cap)

static int processes(const Gpu *g, unsigned *count, Process *to)
{
    unsigned room = *count;
    *count = (unsigned)g->processes;
    if (room < (unsigned)g->processes) return SMALL;
    if (g->processes) memcpy(to, g->process, sizeof *to * (size_t)g->processes);
    return OK;
}

DEVICE(nvmlDeviceGetComputeRunningProcesses_v3, (void *d, unsigned *count, Process *to), code = processes(g, count, to))
DEVICE(nvmlDeviceGetGraphicsRunningProcesses_v3, (void *d, unsigned *count, Process *to), (void)to; (void)g; *count = 0)

/* Devices with the same switch number sit behind one switch, with the same numa number on one node. */
DEVICE(nvmlDeviceGetTopologyCommonAncestor, (void *d, void *other, int *level),
       Gpu *o = find(((Device *)other)->uuid);
       if (!o) code = LOST;
       else *level = o->numa != g->numa ? 50 : o->on_switch != g->on_switch ? 40 : 20)
DEVICE(nvmlDeviceGetP2PStatus, (void *d, void *other, int capability, int *status),
       *status = 5;
       for (int i = 0; i < machine.links && capability == 2; i++) {
           const char *o = ((Device *)other)->uuid;
           if ((!strcmp(machine.link[i].left, g->uuid) && !strcmp(machine.link[i].right, o)) ||
               (!strcmp(machine.link[i].right, g->uuid) && !strcmp(machine.link[i].left, o))) *status = 0;
       })

EXPORT int nvmlEventSetCreate(void **to)
{
    int code = enter("nvmlEventSetCreate", 1);
    if (code) return leave(code);
    EventSet *set = calloc(1, sizeof *set);
    for (int i = 0; i < machine.xids; i++) if (machine.xid[i].seq > set->seen) set->seen = machine.xid[i].seq;
    *to = set;
    return leave(OK);
}

DEVICE(nvmlDeviceGetSupportedEventTypes, (void *d, unsigned long long *to), *to = 0x1f)
DEVICE(nvmlDeviceRegisterEvents, (void *d, unsigned long long types, void *set), if (!set || !types) code = INVALID)

EXPORT int nvmlEventSetWait_v2(void *handle, Event *to, unsigned timeout_ms)
{
    EventSet *set = handle;
    for (unsigned waited = 0;; waited += 100) {
        int code = enter("nvmlEventSetWait_v2", 1);
        if (code) return leave(code);
        for (int i = 0; i < machine.xids; i++) {
            if (machine.xid[i].seq <= set->seen) continue;
            for (int k = 0; k < known_count; k++) {
                if (strcmp(known[k].uuid, machine.xid[i].uuid)) continue;
                set->seen = machine.xid[i].seq;
                *to = (Event){ &known[k], 8, machine.xid[i].code, 0xFFFFFFFFu, 0xFFFFFFFFu };
                return leave(OK);
            }
        }
        leave(OK);
        if (waited >= timeout_ms) return TIMED_OUT;
        struct timespec nap = { 0, 100 * 1000 * 1000 };
        nanosleep(&nap, NULL);
    }
}

EXPORT int nvmlEventSetFree(void *set)
{
    free(set);
    return OK;
}
