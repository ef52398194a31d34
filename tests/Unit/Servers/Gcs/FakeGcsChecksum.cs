using System;

namespace BackupModule.Tests.Servers.Gcs;

/// <summary>CRC-32C by its definition, as the API writes it: what the engine calculates is not to judge itself.</summary>
internal static class FakeGcsChecksum
{
    private const uint Polynomial = 0x82F63B78;

    private static readonly uint[] s_table = MakeTable();

    public static string Of(ReadOnlySpan<byte> content)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in content)
        {
            crc = s_table[(byte)crc ^ value] ^ (crc >> 8);
        }

        crc = ~crc;
        return Convert.ToBase64String([(byte)(crc >> 24), (byte)(crc >> 16), (byte)(crc >> 8), (byte)crc]);
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ Polynomial;
            }

            table[i] = value;
        }

        return table;
    }
}
