using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Databases.PostgreSql.Wal;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Databases.PostgreSql;

/// <summary>Commits in a real server's log, by what PostgreSQL's own pg_waldump finds in it.</summary>
public sealed partial class WalCommitReaderTests(PostgresCluster server) : IClassFixture<PostgresCluster>
{
    private const int PageSize = 8192;
    private const int SegmentSize = 16 * 1024 * 1024;

    [Fact]
    public void The_commits_of_a_log_are_those_that_pg_waldump_finds()
    {
        server.Execute("SELECT pg_switch_wal()");
        Lsn start = Lsn.Parse(server.Read<string>("SELECT pg_current_wal_insert_lsn()::text"));
        server.Bench("-i -s 1 -q");
        server.Bench("-c 4 -t 2000");
        server.Execute("CREATE TABLE wide AS SELECT i AS id, repeat(md5(i::text), 3000) AS text FROM generate_series(1, 200) i");
        server.Execute("SELECT pg_switch_wal()");
        server.Execute("BEGIN; INSERT INTO wide VALUES (0, 'x'); SAVEPOINT s; INSERT INTO wide VALUES (0, 'y'); COMMIT");
        server.Execute("SELECT pg_switch_wal()");
        string last = server.Read<string>("SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
        ulong first = start.Value / SegmentSize;
        string[] files = [.. Directory.EnumerateFiles(Path.Join(server.DataFolder, "pg_wal"))
            .Where(file => WalFileName.TryParse(Path.GetFileName(file), SegmentSize, out WalFileName name) && name.Number >= first
                && string.CompareOrdinal(Path.GetFileName(file), last) < 0)
            .Order()];
        List<WalCommit> expected = [.. CommitLine().Matches(Shell.Read(
                $"{server.Programs}/pg_waldump --rmgr=Transaction {files[0]} {Path.GetFileName(files[^1])}", server.Folder))
            .Select(static match => new WalCommit(
                Lsn.Parse(match.Groups["lsn"].Value), uint.Parse(match.Groups["tx"].Value, CultureInfo.InvariantCulture)))];
        Random random = new(7);
        WalCommitReader reader = new(new Lsn(first * SegmentSize), PageSize, SegmentSize);

        foreach (string file in files)
        {
            ReadOnlySpan<byte> bytes = File.ReadAllBytes(file);
            while (!bytes.IsEmpty)
            {
                int count = Math.Min(bytes.Length, random.Next(1, 3 * PageSize));
                reader.Add(bytes[..count]);
                bytes = bytes[count..];
            }
        }

        Assert.True(files.Length >= 3 && expected.Count > 8000, $"{files.Length} segments, {expected.Count} commits");
        Assert.Equal(expected, reader.Commits);
        Assert.Equal(new Lsn((first + (ulong)files.Length) * SegmentSize), reader.Position);
    }

    [Fact]
    public void A_page_from_elsewhere_and_a_record_that_is_cut_off_are_no_log()
    {
        server.Execute("SELECT pg_switch_wal()");
        server.Execute("DROP TABLE IF EXISTS few; CREATE TABLE few AS SELECT i AS id, repeat('x', 2000) AS text FROM generate_series(1, 100) i; CHECKPOINT");
        string name = server.Read<string>("SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
        Assert.True(WalFileName.TryParse(name, SegmentSize, out WalFileName segment));
        byte[] bytes = File.ReadAllBytes(Path.Join(server.DataFolder, "pg_wal", name));

        NewReader().Add(bytes.AsSpan(0, 8 * PageSize));
        Assert.Contains("says that it is at", Assert.Throws<InvalidDataException>(() => NewReader().Add(bytes.AsSpan(PageSize, PageSize))).Message, StringComparison.Ordinal);
        Array.Clear(bytes, (2 * PageSize) + 16, 4);
        Assert.Contains("goes on with 0 bytes", Assert.Throws<InvalidDataException>(() => NewReader().Add(bytes.AsSpan(0, 4 * PageSize))).Message, StringComparison.Ordinal);
        Assert.Contains("has a length of 0 bytes", Assert.Throws<InvalidDataException>(() => Zeros(bytes)).Message, StringComparison.Ordinal);

        WalCommitReader NewReader() => new(segment.Start(SegmentSize), PageSize, SegmentSize);

        void Zeros(byte[] content)
        {
            Array.Clear(content, 40, 1000);
            NewReader().Add(content.AsSpan(0, PageSize));
        }
    }

    [GeneratedRegex(@"tx:\s+(?<tx>\d+), lsn: (?<lsn>[0-9A-F]+/[0-9A-F]+), .*desc: COMMIT ")]
    private static partial Regex CommitLine();
}
