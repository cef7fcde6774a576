/*
 * A PKCS#11 module that stands in front of another one and does what FaultyModule tells it: it
 * delays calls, fails them, never returns from them, falsifies what they give. Beside the library
 * lie two files: NAME.target with the path of the other module, and NAME.control, which is mapped
 * into memory by this process and by the test, so that a test rules it in any process.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

typedef unsigned long ulong;

/* Every argument of the C API is an unsigned long, a pointer or a byte; no function has more. */
typedef ulong (*Function)(ulong, ulong, ulong, ulong, ulong, ulong, ulong, ulong);

enum {
    FUNCTIONS = 68, /* of PKCS#11 2.40 */
    GET_FUNCTION_LIST = 3,
    GET_MECHANISM_LIST = 7,
    GET_MECHANISM_INFO = 8,
    CKR_GENERAL_ERROR = 0x05,
    CKR_HOST_MEMORY = 0x02,
    CKR_MECHANISM_INVALID = 0x70,
    CKR_BUFFER_TOO_SMALL = 0x150,
    HIDDEN = 14
};

struct FunctionList {
    unsigned char version[2];
    Function function[FUNCTIONS];
};

/* As FaultyModule writes them; everything is 64 bits wide. */
struct Rule {
    int64_t delayMicros;
    int64_t rv;
    int64_t failures; /* how many calls fail; negative: all */
    int64_t hanging;
    int64_t corrupted; /* how many calls give a wrong result; negative: all */
    int64_t calls;
    int64_t underWay;
    int64_t reserved;
};

struct Control {
    int64_t size;
    int64_t reserved;
    int64_t hidden[HIDDEN]; /* mechanism + 1, 0 for none */
    struct Rule rule[FUNCTIONS];
};

static struct Control *control;
static struct FunctionList *target;
static struct FunctionList own;

static void sleepMicros(int64_t micros) {
    struct timespec left = {micros / 1000000, micros % 1000000 * 1000};
    while (nanosleep(&left, &left) != 0) {
    }
}

/* Takes one of so many; a negative count never ends. */
static int takeOne(int64_t *count) {
    int64_t left = __atomic_load_n(count, __ATOMIC_SEQ_CST);
    while (left > 0) {
        if (__atomic_compare_exchange_n(
                count, &left, left - 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
            return 1;
        }
    }
    return left < 0;
}

static int isHidden(ulong mechanism) {
    for (int i = 0; i < HIDDEN; i++) {
        if (__atomic_load_n(&control->hidden[i], __ATOMIC_SEQ_CST) == (int64_t)mechanism + 1) {
            return 1;
        }
    }
    return 0;
}

static ulong mechanismList(ulong slot, ulong *list, ulong *count) {
    Function get = target->function[GET_MECHANISM_LIST];
    ulong all = 0;
    ulong rv = get(slot, 0, (ulong)&all, 0, 0, 0, 0, 0);
    if (rv != 0) {
        return rv;
    }
    ulong *every = calloc(all + 1, sizeof(ulong));
    if (every == NULL) {
        return CKR_HOST_MEMORY;
    }
    rv = get(slot, (ulong)every, (ulong)&all, 0, 0, 0, 0, 0);
    if (rv == 0) {
        ulong shown = 0;
        for (ulong i = 0; i < all; i++) {
            if (!isHidden(every[i])) {
                every[shown++] = every[i];
            }
        }
        if (list != NULL) {
            if (*count < shown) {
                rv = CKR_BUFFER_TOO_SMALL;
            } else {
                memcpy(list, every, shown * sizeof(ulong));
            }
        }
        *count = shown;
    }
    free(every);
    return rv;
}

/* Whether the function is C_XxxInit, whose second argument is the mechanism. */
static int isInit(int index) {
    return index == 29 || index == 33 || index == 37 || index == 42 || index == 46 || index == 48
            || index == 52;
}

static void corrupt(int index, ulong b, ulong c, ulong d, ulong e) {
    unsigned char *out = NULL;
    ulong *length = NULL;
    switch (index) {
        case 30: /* C_Encrypt */
        case 31: /* C_EncryptUpdate */
        case 34: /* C_Decrypt */
        case 35: /* C_DecryptUpdate */
        case 43: /* C_Sign */
            out = (unsigned char *)d;
            length = (ulong *)e;
            break;
        case 32: /* C_EncryptFinal */
        case 36: /* C_DecryptFinal */
        case 45: /* C_SignFinal */
            out = (unsigned char *)b;
            length = (ulong *)c;
            break;
        default:
            return;
    }
    if (out != NULL && *length > 0 && takeOne(&control->rule[index].corrupted)) {
        out[*length / 2] ^= 1;
    }
}

static ulong forward(
        int index, ulong a, ulong b, ulong c, ulong d, ulong e, ulong f, ulong g, ulong h) {
    if (isInit(index) && b != 0 && isHidden(*(ulong *)b)) {
        return CKR_MECHANISM_INVALID;
    }
    if (index == GET_MECHANISM_INFO && isHidden(b)) {
        return CKR_MECHANISM_INVALID;
    }
    if (index == GET_MECHANISM_LIST) {
        return mechanismList(a, (ulong *)b, (ulong *)c);
    }
    ulong rv = target->function[index](a, b, c, d, e, f, g, h);
    if (rv == 0) {
        corrupt(index, b, c, d, e);
    }
    return rv;
}

static ulong call(
        int index, ulong a, ulong b, ulong c, ulong d, ulong e, ulong f, ulong g, ulong h) {
    struct Rule *rule = &control->rule[index];
    __atomic_add_fetch(&rule->calls, 1, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&rule->underWay, 1, __ATOMIC_SEQ_CST);
    int64_t delay = __atomic_load_n(&rule->delayMicros, __ATOMIC_SEQ_CST);
    if (delay > 0) {
        sleepMicros(delay);
    }
    while (__atomic_load_n(&rule->hanging, __ATOMIC_SEQ_CST) != 0) {
        sleepMicros(1000);
    }
    ulong rv;
    if (takeOne(&rule->failures)) {
        rv = (ulong)__atomic_load_n(&rule->rv, __ATOMIC_SEQ_CST);
    } else {
        rv = forward(index, a, b, c, d, e, f, g, h);
    }
    __atomic_sub_fetch(&rule->underWay, 1, __ATOMIC_SEQ_CST);
    return rv;
}

#define STUB(n) \
    static ulong stub##n( \
            ulong a, ulong b, ulong c, ulong d, ulong e, ulong f, ulong g, ulong h) { \
        return call(n, a, b, c, d, e, f, g, h); \
    }
#define EACH(X) \
    X(0) X(1) X(2) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) X(17) \
    X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31) X(32) \
    X(33) X(34) X(35) X(36) X(37) X(38) X(39) X(40) X(41) X(42) X(43) X(44) X(45) X(46) X(47) \
    X(48) X(49) X(50) X(51) X(52) X(53) X(54) X(55) X(56) X(57) X(58) X(59) X(60) X(61) X(62) \
    X(63) X(64) X(65) X(66) X(67)
EACH(STUB)

__attribute__((visibility("default"))) ulong C_GetFunctionList(struct FunctionList **list);

/* "NAME.extension" beside this library, in a buffer of the caller's. */
static char *beside(const char *extension, char *path, size_t room) {
    Dl_info self;
    if (dladdr((void *)C_GetFunctionList, &self) == 0
            || (size_t)snprintf(path, room, "%s.%s", self.dli_fname, extension) >= room) {
        return NULL;
    }
    return path;
}

static void *mapControl(void) {
    char path[4096];
    if (beside("control", path, sizeof path) == NULL) {
        return NULL;
    }
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) {
        return NULL;
    }
    void *memory = mmap(
            NULL, sizeof(struct Control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (memory == MAP_FAILED || *(int64_t *)memory != (int64_t)sizeof(struct Control)) {
        return NULL;
    }
    return memory;
}

static struct FunctionList *loadTarget(void) {
    char path[4096];
    char library[4096];
    if (beside("target", path, sizeof path) == NULL) {
        return NULL;
    }
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return NULL;
    }
    size_t length = fread(library, 1, sizeof library - 1, file);
    fclose(file);
    library[length] = 0;
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        fprintf(stderr, "faulty_module: %s\n", dlerror());
        return NULL;
    }
    ulong (*get)(struct FunctionList **) =
            (ulong(*)(struct FunctionList **))dlsym(handle, "C_GetFunctionList");
    struct FunctionList *list = NULL;
    return get != NULL && get(&list) == 0 ? list : NULL;
}

ulong C_GetFunctionList(struct FunctionList **list) {
    if (target == NULL) {
        control = mapControl();
        struct FunctionList *loaded = control == NULL ? NULL : loadTarget();
        if (loaded == NULL) {
            return CKR_GENERAL_ERROR;
        }
        own.version[0] = 2;
        own.version[1] = 40;
#define FILL(n) own.function[n] = stub##n;
        EACH(FILL)
        own.function[GET_FUNCTION_LIST] = (Function)C_GetFunctionList;
        target = loaded;
    }
    *list = &own;
    return 0;
}
