using System.Collections.Generic;
using System.Runtime.Intrinsics;

namespace BackupModule.Core.Chunking;

/// <summary>Chooses among the ways to look for boundaries.</summary>
internal static class BoundarySearch
{
    /// <summary>Every way that this processor can go, fastest first.</summary>
    public static IEnumerable<IBoundarySearch> Supported(RabinFingerprint fingerprint)
    {
        if (Lanes512.IsSupported && GfniMaps512.IsSupported)
        {
            yield return new LaneBoundarySearch<Vector512<byte>, Lanes512, GfniMaps512>(fingerprint);
        }

        if (Lanes256.IsSupported && GfniMaps256.IsSupported)
        {
            yield return new LaneBoundarySearch<Vector256<byte>, Lanes256, GfniMaps256>(fingerprint);
        }

        if (Lanes256.IsSupported && ShuffleMaps256.IsSupported)
        {
            yield return new LaneBoundarySearch<Vector256<byte>, Lanes256, ShuffleMaps256>(fingerprint);
        }

        if (Lanes128.IsSupported && ShuffleMaps128.IsSupported)
        {
            yield return new LaneBoundarySearch<Vector128<byte>, Lanes128, ShuffleMaps128>(fingerprint);
        }

        yield return new ScalarBoundarySearch(fingerprint);
    }
}
