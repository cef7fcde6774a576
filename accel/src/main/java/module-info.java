import org.jspecify.annotations.NullMarked;
import org.sslwrite.accel.ipsecmb.IpsecMbSealerFactory;
import org.sslwrite.accel.vaes.VaesSealerFactory;
import org.sslwrite.seal.SealerFactory;

/**
 * Engines in native code: {@code vaes} and {@code ipsec-mb}. The library finds them as services.
 */
@NullMarked
module org.sslwrite.accel {
    requires static org.jspecify;
    requires org.sslwrite;

    provides SealerFactory with
            VaesSealerFactory,
            IpsecMbSealerFactory;
}
