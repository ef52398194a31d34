using System;
using System.Text.Json;
using BackupModule.Core.Chunking;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories;

/// <summary>What a repository's config file says.</summary>
/// <param name="Version">Format version; 2.</param>
/// <param name="Id">The repository's own id, random.</param>
/// <param name="Polynomial">The polynomial that decides where files are cut into chunks.</param>
public sealed record RepositoryConfig(int Version, ObjectId Id, RabinPolynomial Polynomial)
{
    /// <summary>The format version that is written and read.</summary>
    public const int SupportedVersion = 2;

    /// <summary>The file's plaintext. It is sealed but never compressed.</summary>
    public byte[] Encode() => JsonFile.Encode(writer =>
    {
        writer.WriteNumber("version"u8, Version);
        writer.WriteString("id"u8, Id.ToString());
        writer.WriteString("chunker_polynomial"u8, Polynomial.ToString());
    });

    /// <summary>Reads the file's plaintext.</summary>
    /// <exception cref="BackupException"><c>RepositoryVersionUnsupported</c>, or <c>RepositoryDamaged</c>.</exception>
    public static RepositoryConfig Decode(ReadOnlySpan<byte> plaintext)
    {
        try
        {
            return JsonFile.Decode(plaintext, Read);
        }
        catch (JsonException failure)
        {
            throw new BackupException(
                BackupErrorKind.RepositoryDamaged,
                "The repository's config file is damaged: " + failure.Message,
                "Bring the file 'config' back from another copy of the repository.",
                failure);
        }
    }

    private static RepositoryConfig Read(JsonElement json)
    {
        int version = json.Int32("version"u8);
        return version == SupportedVersion
            ? new RepositoryConfig(
                version,
                ObjectId.Parse(json.Text("id"u8)),
                RabinPolynomial.Parse(json.Text("chunker_polynomial"u8) ?? string.Empty))
            : throw new BackupException(
                BackupErrorKind.RepositoryVersionUnsupported,
                $"The repository has format version {version}; version {SupportedVersion} is supported.",
                version < SupportedVersion
                    ? "Upgrade it once with 'restic migrate upgrade_repo_v2'."
                    : "Update BackupModule.");
    }
}
