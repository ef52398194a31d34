using System;
using System.Text.Json;
using System.Text.Json.Serialization;
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
    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(
        new Json(Version, Id.ToString(), Polynomial.ToString()), RepositoryJsonContext.Default.Json);

    /// <summary>Reads the file's plaintext.</summary>
    /// <exception cref="BackupException"><c>RepositoryVersionUnsupported</c>, or <c>RepositoryDamaged</c>.</exception>
    public static RepositoryConfig Decode(ReadOnlySpan<byte> plaintext)
    {
        try
        {
            Json json = JsonSerializer.Deserialize(plaintext, RepositoryJsonContext.Default.Json)
                ?? throw new JsonException("The config is null.");
            if (json.Version != SupportedVersion)
            {
                throw new BackupException(
                    BackupErrorKind.RepositoryVersionUnsupported,
                    $"The repository has format version {json.Version}; version {SupportedVersion} is supported.",
                    json.Version < SupportedVersion
                        ? "Upgrade it once with 'restic migrate upgrade_repo_v2'."
                        : "Update BackupModule.");
            }

            return new RepositoryConfig(
                json.Version, ObjectId.Parse(json.Id), RabinPolynomial.Parse(json.ChunkerPolynomial));
        }
        catch (Exception failure) when (failure is JsonException or FormatException)
        {
            throw new BackupException(
                BackupErrorKind.RepositoryDamaged,
                "The repository's config file is damaged: " + failure.Message,
                "Bring the file 'config' back from another copy of the repository.",
                failure);
        }
    }

    internal sealed record Json(
        [property: JsonPropertyName("version")] int Version,
        [property: JsonPropertyName("id")] string Id,
        [property: JsonPropertyName("chunker_polynomial")] string ChunkerPolynomial);
}
