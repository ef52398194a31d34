using System;
using System.Text;
using BackupModule.Core.Encryption.Keys;

namespace BackupModule.Core.Databases;

/// <summary>A database source with what is needed to reach it.</summary>
/// <param name="Definition">The source.</param>
/// <param name="Password">The password; null for none. The caller disposes it.</param>
/// <param name="Time">The clock.</param>
public sealed record DatabaseAccess(DatabaseDefinition Definition, Secret? Password, TimeProvider Time)
{
    /// <summary>The backups that a new one may build on; null for one that stands alone.</summary>
    public IEarlierBackups? Earlier { get; init; }

    /// <summary>With which keys the bucket of an exchange path is reached; null for those of the environment.</summary>
    public BucketAccess? Bucket { get; init; }

    /// <summary>The password as text, for drivers that take nothing else; empty for none. Never to be logged, kept, or put into
    /// a program's arguments.</summary>
    internal string PasswordText => Password is null ? string.Empty : Encoding.UTF8.GetString(Password.Utf8);
}
