using System;
using System.Text.Json;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Catalog;

/// <summary>Keeps nonsense and secrets out of the catalog.</summary>
internal static class RegistrationCheck
{
    /// <summary>Checks every member of a registration.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>.</exception>
    public static void Validate(RegisteredRepository repository)
    {
        RepositoryName.Validate(repository.Name);
        if (repository.PasswordReference is not null)
        {
            _ = SecretReference.Parse(repository.PasswordReference);
        }

        Require(repository.Location.Length > 0, "The repository has no location.");
        Require(
            !Uri.TryCreate(repository.Location, UriKind.Absolute, out Uri? uri)
                || !uri.UserInfo.Contains(':', StringComparison.Ordinal),
            "The repository's location holds a password.",
            "Leave the password out of the location; give credentials by a secret reference.");
        Require(repository.Provider.Length > 0, "The repository has no provider.");
        Require(ObjectId.TryParse(repository.RepositoryId, out _), "The repository's id is not 64 hexadecimal digits.");
        Require(IsJsonObject(repository.Options), "The repository's options are not a JSON object.");
    }

    private static void Require(bool condition, string message, string? guidance = null)
    {
        if (!condition)
        {
            throw new BackupException(BackupErrorKind.InvalidArgument, message, guidance);
        }
    }

    private static bool IsJsonObject(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
