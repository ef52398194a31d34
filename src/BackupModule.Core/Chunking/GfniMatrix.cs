using System;

namespace BackupModule.Core.Chunking;

/// <summary>The 8x8 bit matrix that GFNI's affine instruction multiplies bytes by.</summary>
internal static class GfniMatrix
{
    /// <summary>The matrix of a linear map.</summary>
    public static ulong Of(Func<byte, byte> map)
    {
        // Byte 7 - i of the matrix selects the input bits whose parity is bit i of the result (Intel's manual,
        // GF2P8AFFINEQB).
        ulong matrix = 0;
        for (int input = 0; input < 8; input++)
        {
            byte image = map((byte)(1 << input));
            for (int output = 0; output < 8; output++)
            {
                ulong bit = (ulong)(image >> output) & 1;
                matrix |= bit << (((7 - output) * 8) + input);
            }
        }

        return matrix;
    }
}
