using System;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace BackupModule.Core.Encryption;

/// <summary>The round keys of AES (FIPS 197, section 5.2), made by the processor's own instructions.</summary>
internal static class AesSchedule
{
    /// <summary>The 11 round keys of a key of 16 bytes, or the 15 of one of 32.</summary>
    public static Vector128<byte>[] Expand(ReadOnlySpan<byte> key)
    {
        bool isLong = key.Length == 32;
        Vector128<byte>[] keys = new Vector128<byte>[isLong ? 15 : 11];
        int given = isLong ? 2 : 1;
        MemoryMarshal.Cast<byte, Vector128<byte>>(key).CopyTo(keys);
        uint constant = 1;
        for (int i = given; i < keys.Length; i++)
        {
            // The third word of the result is SubWord of the last word, the fourth is the same rotated.
            Vector128<uint> assist = X86Aes.KeygenAssist(keys[i - 1], 0).AsUInt32();
            uint word = assist.GetElement(2);
            if (i % given == 0)
            {
                word = assist.GetElement(3) ^ constant;
                constant = (constant << 1) ^ ((constant >> 7) * 0x11b);
            }

            Vector128<byte> previous = keys[i - given];
            previous ^= Sse2.ShiftLeftLogical128BitLane(previous, 4);
            previous ^= Sse2.ShiftLeftLogical128BitLane(previous, 8);
            keys[i] = previous ^ Vector128.Create(word).AsByte();
        }

        return keys;
    }
}
