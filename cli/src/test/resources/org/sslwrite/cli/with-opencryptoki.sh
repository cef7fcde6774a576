# Runs a command beside a pkcsslotd of its own, with a new soft token: with the system's programs, in
# mount, IPC and PID namespaces of its own, so that the system's daemon and tokens are not touched.
# Arguments: a folder for files, the token's label, its user's PIN, the command.
set -eu
PATH=$PATH:/usr/sbin:/sbin
folder=$1 label=$2 pin=$3
shift 3

# The daemon's user and group are mapped to root: others do not exist in a user namespace.
for file in passwd group; do
  sed -E -e 's/^((pkcs11|pkcsslotd):[^:]*):[0-9]+:/\1:0:/' \
    -e 's/^(pkcsslotd:[^:]*:0):[0-9]+:/\1:0:/' "/etc/$file" >"$folder/$file"
  mount --bind "$folder/$file" "/etc/$file"
done
printf 'version opencryptoki-3.1\nslot 3\n{\nstdll = libpkcs11_sw.so\n}\n' >"$folder/conf"
mount --bind "$folder/conf" /etc/opencryptoki/opencryptoki.conf
for place in /run /dev/shm /var/lib/opencryptoki; do
  mount -t tmpfs tmpfs "$place"
done
mkdir -p /run/opencryptoki /run/lock/opencryptoki/swtok /var/lib/opencryptoki/swtok/TOK_OBJ

pkcsslotd -f >"$folder/daemon" 2>&1 &
tries=0
until pkcsconf -t >"$folder/tokens" 2>&1; do
  tries=$((tries + 1))
  if [ "$tries" = 300 ] || ! kill -0 $! 2>/dev/null; then
    cat "$folder/daemon" "$folder/tokens" >&2
    exit 1
  fi
  sleep 0.1
done

# A new token has these PINs, and takes no other before it has been given a label.
so=76543210
printf '%s\n' "$label" | pkcsconf -c 3 -I -S 87654321 >"$folder/setup"
{
  pkcsconf -c 3 -P -S 87654321 -n "$so"
  pkcsconf -c 3 -u -S "$so" -n 12345678
  pkcsconf -c 3 -p -U 12345678 -n "$pin"
} >>"$folder/setup"
"$@"
