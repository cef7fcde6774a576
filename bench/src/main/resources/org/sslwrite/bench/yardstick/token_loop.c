/*
 * The limit of a PKCS#11 token: how long AES-128-GCM takes for records of one size when nothing is
 * done but to call the token. With C_EncryptInit and C_Encrypt, or with C_EncryptMessage.
 *
 *   token_loop MODULE LABEL SERIAL call|message PRIVATE SIZE MILLISECONDS ITERATIONS LIMIT
 *       [LIBRARY_PARAMETERS]
 *
 * The token is found by its label and serial number, as its slot may have another number in another
 * process. Standard input has two lines in hexadecimal: the PIN in UTF-8 (empty: no login) and the key.
 * A record is SIZE bytes and the content type of TLS 1.3 behind them; all are 'x' but the type,
 * which is 23. Its number is its nonce; 5 bytes of AAD stand for its header. After LIMIT seconds
 * it ends by itself, whatever has become of its parent.
 *
 * Standard output: "record HEX", the first one sealed, to be opened by somebody else; then "ns
 * NUMBER" for each iteration, nanoseconds a record.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What is used of the PKCS#11 standard, in its own names. */
typedef unsigned long CK_ULONG;
typedef unsigned char CK_BYTE;
typedef CK_ULONG CK_RV;
typedef void (*CK_ANY)(void);

typedef struct { CK_BYTE major, minor; } CK_VERSION;
typedef struct {
    char label[32], manufacturerID[32], model[16], serialNumber[16];
    CK_ULONG flags, counts[10];
    CK_VERSION hardwareVersion, firmwareVersion;
    char utcTime[16];
} CK_TOKEN_INFO;
typedef struct { CK_ULONG mechanism; void *pParameter; CK_ULONG ulParameterLen; } CK_MECHANISM;
typedef struct { CK_ULONG type; void *pValue; CK_ULONG ulValueLen; } CK_ATTRIBUTE;
typedef struct {
    void *CreateMutex, *DestroyMutex, *LockMutex, *UnlockMutex;
    CK_ULONG flags;
    void *pReserved;
    void *pReservedOfNss; /* NSS reads one pointer more, and calls pReserved LibraryParameters. */
} CK_C_INITIALIZE_ARGS;
typedef struct {
    CK_BYTE *pIv;
    CK_ULONG ulIvLen, ulIvBits;
    CK_BYTE *pAAD;
    CK_ULONG ulAADLen, ulTagBits;
} CK_GCM_PARAMS;
/* As the text, but not the header, of PKCS#11 2.40 has it. */
typedef struct {
    CK_BYTE *pIv;
    CK_ULONG ulIvLen;
    CK_BYTE *pAAD;
    CK_ULONG ulAADLen, ulTagBits;
} CK_GCM_PARAMS_WITHOUT_IV_BITS;
typedef struct {
    CK_BYTE *pIv;
    CK_ULONG ulIvLen, ulIvFixedBits, ivGenerator;
    CK_BYTE *pTag;
    CK_ULONG ulTagBits;
} CK_GCM_MESSAGE_PARAMS;
typedef struct { char *pInterfaceName; void *pFunctionList; CK_ULONG flags; } CK_INTERFACE;

enum {
    CKR_OK = 0,
    CKR_USER_ALREADY_LOGGED_IN = 0x100,
    CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191,
    CKF_OS_LOCKING_OK = 2,
    CKF_SERIAL_SESSION = 4,
    CKU_USER = 1,
    CKO_SECRET_KEY = 4,
    CKK_AES = 0x1F,
    CKM_AES_GCM = 0x1087,
    CKA_CLASS = 0,
    CKA_TOKEN = 1,
    CKA_PRIVATE = 2,
    CKA_VALUE = 0x11,
    CKA_KEY_TYPE = 0x100,
    CKA_ENCRYPT = 0x104
};

/* Places in CK_FUNCTION_LIST, counted behind its version. */
enum {
    AT_Initialize = 0,
    AT_Finalize = 1,
    AT_GetSlotList = 4,
    AT_GetTokenInfo = 6,
    AT_OpenSession = 12,
    AT_CloseSession = 13,
    AT_Login = 18,
    AT_CreateObject = 20,
    AT_DestroyObject = 22,
    AT_EncryptInit = 29,
    AT_Encrypt = 30,
    AT_MessageEncryptInit = 72,
    AT_EncryptMessage = 73
};

typedef struct { CK_VERSION version; CK_ANY functions[92]; } CK_FUNCTION_LIST;

typedef CK_RV C_Initialize(void *);
typedef CK_RV C_GetSlotList(CK_BYTE, CK_ULONG *, CK_ULONG *);
typedef CK_RV C_GetTokenInfo(CK_ULONG, CK_TOKEN_INFO *);
typedef CK_RV C_OpenSession(CK_ULONG, CK_ULONG, void *, void *, CK_ULONG *);
typedef CK_RV C_CloseSession(CK_ULONG);
typedef CK_RV C_Login(CK_ULONG, CK_ULONG, CK_BYTE *, CK_ULONG);
typedef CK_RV C_CreateObject(CK_ULONG, CK_ATTRIBUTE *, CK_ULONG, CK_ULONG *);
typedef CK_RV C_DestroyObject(CK_ULONG, CK_ULONG);
typedef CK_RV C_EncryptInit(CK_ULONG, CK_MECHANISM *, CK_ULONG);
typedef CK_RV C_Encrypt(CK_ULONG, CK_BYTE *, CK_ULONG, CK_BYTE *, CK_ULONG *);
typedef CK_RV C_EncryptMessage(CK_ULONG, void *, CK_ULONG, CK_BYTE *, CK_ULONG, CK_BYTE *, CK_ULONG,
                               CK_BYTE *, CK_ULONG *);

enum { TAG = 16, NONCE = 12, AAD = 5, APPLICATION_DATA = 23 };

static CK_FUNCTION_LIST *list;
static CK_ULONG session, key;
static CK_BYTE nonce[NONCE], aad[AAD];
static CK_GCM_PARAMS gcm;
static CK_GCM_PARAMS_WITHOUT_IV_BITS old_gcm;
static CK_GCM_MESSAGE_PARAMS message;
static CK_MECHANISM mechanism;
static C_EncryptInit *encrypt_init;
static C_Encrypt *encrypt;
static C_EncryptMessage *encrypt_message;

static void fail(const char *what, CK_RV rv) {
    fprintf(stderr, "%s: 0x%lx\n", what, rv);
    exit(1);
}

static void check(const char *what, CK_RV rv) {
    if (rv != CKR_OK) {
        fail(what, rv);
    }
}

/* One line of hexadecimal digits; returns the number of bytes. */
static size_t read_hex(CK_BYTE *to, size_t room) {
    static char line[2 * 4096 + 2];
    if (fgets(line, sizeof line, stdin) == NULL) {
        fail("standard input has too few lines", 0);
    }
    size_t length = strcspn(line, "\n") / 2;
    if (length > room) {
        fail("standard input has too long a line", 0);
    }
    for (size_t i = 0; i < length; i++) {
        unsigned byte;
        if (sscanf(line + 2 * i, "%2x", &byte) != 1) {
            fail("standard input is not hexadecimal", 0);
        }
        to[i] = (CK_BYTE) byte;
    }
    explicit_bzero(line, sizeof line);
    return length;
}

static void *symbol(void *library, const char *name) {
    return library == NULL ? NULL : dlsym(library, name);
}

static void load(const char *module, char *parameters, int wants_messages) {
    void *library = dlopen(module, RTLD_NOW);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    CK_RV (*get_list)(CK_FUNCTION_LIST **);
    *(void **) &get_list = symbol(library, "C_GetFunctionList");
    if (get_list == NULL) {
        fail("the module has no C_GetFunctionList", 0);
    }
    check("C_GetFunctionList", get_list(&list));
    if (wants_messages) {
        CK_RV (*get_interface)(char *, CK_VERSION *, CK_INTERFACE **, CK_ULONG);
        *(void **) &get_interface = symbol(library, "C_GetInterface");
        CK_VERSION three = {3, 0};
        CK_INTERFACE *found = NULL;
        if (get_interface == NULL || get_interface("PKCS 11", &three, &found, 0) != CKR_OK) {
            fail("the module has no interface of PKCS#11 3.0", 0);
        }
        list = found->pFunctionList;
    }
    CK_C_INITIALIZE_ARGS args = {0};
    args.flags = CKF_OS_LOCKING_OK;
    args.pReserved = parameters;
    CK_RV rv = ((C_Initialize *) list->functions[AT_Initialize])(&args);
    if (rv != CKR_CRYPTOKI_ALREADY_INITIALIZED) {
        check("C_Initialize", rv);
    }
}

/* Whether a text that is filled up with blanks is this one. */
static int is(const char *padded, size_t room, const char *text) {
    size_t length = strlen(text);
    if (length > room || memcmp(padded, text, length) != 0) {
        return 0;
    }
    while (length < room && padded[length] == ' ') {
        length++;
    }
    return length == room;
}

static CK_ULONG slot_of(const char *label, const char *serial) {
    static CK_ULONG slots[1024];
    CK_ULONG count = sizeof slots / sizeof *slots;
    check("C_GetSlotList", ((C_GetSlotList *) list->functions[AT_GetSlotList])(1, slots, &count));
    for (CK_ULONG i = 0; i < count; i++) {
        CK_TOKEN_INFO info;
        if (((C_GetTokenInfo *) list->functions[AT_GetTokenInfo])(slots[i], &info) == CKR_OK &&
            is(info.label, sizeof info.label, label) &&
            is(info.serialNumber, sizeof info.serialNumber, serial)) {
            return slots[i];
        }
    }
    fprintf(stderr, "there is no token \"%s\" with serial number \"%s\"\n", label, serial);
    exit(1);
}

static void open_session(CK_ULONG slot) {
    check("C_OpenSession",
          ((C_OpenSession *) list->functions[AT_OpenSession])(
              slot, CKF_SERIAL_SESSION, NULL, NULL, &session));
    static CK_BYTE pin[4096];
    size_t length = read_hex(pin, sizeof pin);
    if (length > 0) {
        CK_RV rv = ((C_Login *) list->functions[AT_Login])(
            session, CKU_USER, pin, length);
        explicit_bzero(pin, sizeof pin);
        if (rv != CKR_USER_ALREADY_LOGGED_IN) {
            check("C_Login", rv);
        }
    }
}

static void import_key(int is_private) {
    CK_BYTE value[32], yes = 1, no = 0, private_key = (CK_BYTE) is_private;
    size_t length = read_hex(value, sizeof value);
    CK_ULONG class = CKO_SECRET_KEY, type = CKK_AES;
    CK_ATTRIBUTE template[] = {
        {CKA_CLASS, &class, sizeof class},      {CKA_KEY_TYPE, &type, sizeof type},
        {CKA_TOKEN, &no, sizeof no},            {CKA_PRIVATE, &private_key, sizeof private_key},
        {CKA_ENCRYPT, &yes, sizeof yes},        {CKA_VALUE, value, length},
    };
    check("C_CreateObject",
          ((C_CreateObject *) list->functions[AT_CreateObject])(
              session, template, sizeof template / sizeof *template, &key));
    explicit_bzero(value, sizeof value);
}

static CK_RV seal(CK_BYTE *in, CK_ULONG length, CK_BYTE *out) {
    CK_ULONG sealed = length + TAG;
    CK_RV rv = encrypt_init(session, &mechanism, key);
    return rv != CKR_OK ? rv : encrypt(session, in, length, out, &sealed);
}

static CK_RV seal_message(CK_BYTE *in, CK_ULONG length, CK_BYTE *out) {
    CK_ULONG sealed = length;
    message.pTag = out + length;
    return encrypt_message(session, &message, sizeof message, aad, AAD, in, length, out, &sealed);
}

/* Finds the layout of CK_GCM_PARAMS that the token takes: the standard's own, else the old one. */
static void prepare_calls(CK_BYTE *in, CK_ULONG length, CK_BYTE *out) {
    encrypt_init = (C_EncryptInit *) list->functions[AT_EncryptInit];
    encrypt = (C_Encrypt *) list->functions[AT_Encrypt];
    gcm = (CK_GCM_PARAMS) {nonce, NONCE, 8 * NONCE, aad, AAD, 8 * TAG};
    old_gcm = (CK_GCM_PARAMS_WITHOUT_IV_BITS) {nonce, NONCE, aad, AAD, 8 * TAG};
    mechanism = (CK_MECHANISM) {CKM_AES_GCM, &gcm, sizeof gcm};
    if (seal(in, length, out) != CKR_OK) {
        mechanism = (CK_MECHANISM) {CKM_AES_GCM, &old_gcm, sizeof old_gcm};
        check("C_Encrypt", seal(in, length, out));
    }
}

static void prepare_messages(CK_BYTE *in, CK_ULONG length, CK_BYTE *out) {
    encrypt_message = (C_EncryptMessage *) list->functions[AT_EncryptMessage];
    message = (CK_GCM_MESSAGE_PARAMS) {nonce, NONCE, 0, 0, NULL, 8 * TAG};
    CK_MECHANISM plain = {CKM_AES_GCM, NULL, 0};
    check("C_MessageEncryptInit",
          ((C_EncryptInit *) list->functions[AT_MessageEncryptInit])(
              session, &plain, key));
    check("C_EncryptMessage", seal_message(in, length, out));
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t) t.tv_sec * 1000000000 + t.tv_nsec;
}

typedef CK_RV sealing(CK_BYTE *in, CK_ULONG length, CK_BYTE *out);

static double measure(sealing *call, CK_BYTE *in, CK_ULONG length, CK_BYTE *out,
                      int64_t nanoseconds) {
    static uint64_t number;
    int64_t begin = now(), end = begin;
    int64_t records = 0, batch = 1;
    while (end - begin < nanoseconds) {
        for (int64_t i = 0; i < batch; i++) {
            number++;
            memcpy(nonce, &number, sizeof number);
            check("sealing", call(in, length, out));
        }
        records += batch;
        end = now();
        batch = (end - begin) / records < 100000 ? 16 : 1; /* a slow token is not kept waiting */
    }
    return (double) (end - begin) / (double) records;
}

int main(int argc, char **argv) {
    if (argc < 10) {
        fprintf(stderr, "too few arguments\n");
        return 2;
    }
    setvbuf(stdin, NULL, _IONBF, 0); /* no copy of the PIN stays behind */
    alarm((unsigned) atoi(argv[9]));
    int messages = strcmp(argv[4], "message") == 0;
    CK_ULONG size = strtoul(argv[6], NULL, 10), length = size + 1;
    int64_t nanoseconds = strtoll(argv[7], NULL, 10) * 1000000;
    load(argv[1], argc > 10 ? argv[10] : NULL, messages);
    open_session(slot_of(argv[2], argv[3]));
    import_key(atoi(argv[5]));

    CK_BYTE *in = malloc(length), *out = malloc(length + TAG);
    memset(in, 'x', size);
    in[size] = APPLICATION_DATA;
    aad[0] = APPLICATION_DATA, aad[1] = 3, aad[2] = 3;
    aad[3] = (CK_BYTE) ((length + TAG) >> 8), aad[4] = (CK_BYTE) (length + TAG);
    (messages ? prepare_messages : prepare_calls)(in, length, out);
    printf("record ");
    for (CK_ULONG i = 0; i < length + TAG; i++) {
        printf("%02x", out[i]);
    }
    printf("\n");

    sealing *call = messages ? seal_message : seal;
    measure(call, in, length, out, nanoseconds); /* warms up */
    for (int i = atoi(argv[8]); i > 0; i--) {
        printf("ns %.3f\n", measure(call, in, length, out, nanoseconds));
    }
    fflush(stdout); /* some modules fail at their own end, which takes nothing from the figures */
    ((C_DestroyObject *) list->functions[AT_DestroyObject])(session, key);
    ((C_CloseSession *) list->functions[AT_CloseSession])(session);
    ((C_Initialize *) list->functions[AT_Finalize])(NULL);
    _exit(0);
}
