using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer.Statements;

/// <summary>Where SQL Server writes a backup to, or reads it from.</summary>
/// <param name="Address">A path on the server, or the address of an object.</param>
/// <param name="IsUrl">True for an address.</param>
internal readonly record struct BackupDevice(string Address, bool IsUrl)
{
    /// <summary>How an address in a bucket begins. The server speaks TLS with it in any case.</summary>
    public const string BucketScheme = "s3://";

    /// <summary>The most devices that one backup is spread over.</summary>
    public const int MaxCount = 64;

    /// <summary>A file, by its path on the server.</summary>
    public static BackupDevice Disk(string path) => new(path, IsUrl: false);

    /// <summary>An object in a bucket, as <c>s3://host:9000/bucket/key</c>; servers of 2022 and later can.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: it is no such address.</exception>
    public static BackupDevice Bucket(string address) => address.StartsWith(BucketScheme, StringComparison.OrdinalIgnoreCase)
        ? new BackupDevice(address, IsUrl: true)
        : throw new BackupException(
            BackupErrorKind.InvalidArgument, $"'{address}' is no address in a bucket.", "Write s3://HOST:PORT/BUCKET/KEY.");

    /// <summary>The devices as a statement names them.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: there are none, too many, or of both kinds.</exception>
    public static string Join(IReadOnlyList<BackupDevice> devices) =>
        devices.Count is < 1 or > MaxCount || devices.Any(device => device.IsUrl != devices[0].IsUrl)
            ? throw new BackupException(
                BackupErrorKind.InvalidArgument, $"A backup has 1 to {MaxCount} devices of one kind.")
            : string.Join(", ", devices);

    /// <inheritdoc/>
    public override string ToString() => $"{(IsUrl ? "URL" : "DISK")} = {TransactSql.Text(Address)}";
}
