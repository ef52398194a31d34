using System;
using System.IO;
using System.Security.Cryptography;
using BackupModule.Core.Sources;
using BackupModule.Core.Sources.Unix;
using Xunit;

namespace BackupModule.Tests.Sources;

public sealed class SparseReaderTests : IDisposable
{
    private const int Megabyte = 1024 * 1024;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Holes_and_data_are_read_as_they_stand_wherever_they_begin_and_end()
    {
        Random random = new(1);
        for (int i = 0; i < 6; i++)
        {
            string path = _folder[$"sparse{i}"];
            using (FileStream file = File.Create(path))
            {
                byte[] data = new byte[70_000];
                for (int island = 0; island < 5; island++)
                {
                    random.NextBytes(data);
                    file.Position = random.Next(40 * Megabyte);
                    file.Write(data, 0, random.Next(1, data.Length));
                }

                // Some end in a hole, some in data.
                file.SetLength(file.Length + (i % 2 * 20_000_001));
            }

            using FileStream expected = File.OpenRead(path);
            Assert.Equal(Convert.ToHexString(SHA256.HashData(expected)), Hash(path, 777_777));
        }
    }

    [Fact]
    public void What_is_appended_while_a_hole_is_read_is_read_too()
    {
        string path = _folder["growing"];
        using FileStream writer = File.Create(path);
        writer.SetLength(32 * Megabyte);
        using ISourceFile reader = new UnixSourceFileSystem(TimeZoneInfo.Utc, recordAccessTime: false).OpenFile(path);
        byte[] buffer = new byte[32 * Megabyte];
        Assert.Equal(buffer.Length, reader.Read(buffer));
        writer.Position = 32 * Megabyte;
        writer.Write("more"u8);
        writer.Flush();

        Assert.Equal(4, reader.Read(buffer));

        Assert.Equal("more"u8, buffer.AsSpan(0, 4));
        Assert.Equal(0, reader.Read(buffer));
    }

    private static string Hash(string path, int bufferSize)
    {
        using ISourceFile file = new UnixSourceFileSystem(TimeZoneInfo.Utc, recordAccessTime: false).OpenFile(path);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[bufferSize];
        for (int count = file.Read(buffer); count > 0; count = file.Read(buffer))
        {
            hash.AppendData(buffer, 0, count);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
