using System;
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
        NameRule.Validate(repository.Name, "repository");
        RequireReference(repository.PasswordReference);
        Require(repository.Location.Length > 0, "The repository has no location.");
        Require(
            !Uri.TryCreate(repository.Location, UriKind.Absolute, out Uri? uri)
                || !uri.UserInfo.Contains(':', StringComparison.Ordinal),
            "The repository's location holds a password.",
            "Leave the password out of the location; give credentials by a secret reference.");
        Require(repository.Provider.Length > 0, "The repository has no provider.");
        Require(ObjectId.TryParse(repository.RepositoryId, out _), "The repository's id is not 64 hexadecimal digits.");
        Require(
            repository.CopyOf is null || ObjectId.TryParse(repository.CopyOf, out _),
            "The id of the repository that it is a copy of is not 64 hexadecimal digits.");
        Require(repository.CopyOf != repository.RepositoryId, "A repository is no copy of itself.");
        RequireReference(repository.Store.SecretKeyReference);
        RequireReference(repository.Store.EncryptionKeyReference);
        Require(
            repository.Store.Proxy is not { UserInfo.Length: > 0 } && repository.Store.Endpoint is not { UserInfo.Length: > 0 },
            "The address of a server or proxy holds credentials.",
            "Leave them out of the address: the catalog holds no secrets.");
    }

    private static void RequireReference(string? text)
    {
        if (text is not null)
        {
            _ = SecretReference.Parse(text);
        }
    }

    private static void Require(bool condition, string message, string? guidance = null)
    {
        if (!condition)
        {
            throw new BackupException(BackupErrorKind.InvalidArgument, message, guidance);
        }
    }
}
