using System;
using System.IO;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Http;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;

namespace BackupModule.Core.Storage.Gcs;

/// <summary>Says in the engine's terms why there are no credentials, or no token for them.</summary>
internal static class GcsCredentialErrors
{
    /// <summary>The ways to give credentials.</summary>
    public const string HowToGiveThem =
        "Give the JSON file of a service account or workload identity with -CredentialFile or in "
        + "GOOGLE_APPLICATION_CREDENTIALS, run gcloud auth application-default login, or give -Anonymous for a public bucket.";

    /// <summary>The environment has no credentials.</summary>
    public static BackupException NotFound(Exception failure, string location) => new(
        BackupErrorKind.CredentialMissing,
        $"Cannot sign in to {location}: no credentials were found.",
        HowToGiveThem,
        failure)
    {
        Subject = location,
    };

    /// <summary>The file of credentials is not there or cannot be read.</summary>
    public static BackupException Unreadable(Exception failure, string file) => new(
        BackupErrorKind.CredentialMissing,
        $"The credentials in {file} cannot be read: {failure.Message}",
        HowToGiveThem,
        failure)
    {
        Subject = file,
    };

    /// <summary>The file does not hold credentials.</summary>
    public static BackupException Malformed(Exception failure, string file) => new(
        BackupErrorKind.CredentialInvalid,
        $"{file} does not hold credentials: {failure.Message}",
        "Give the JSON file as Google Cloud made it, of a service account or a workload identity.",
        failure)
    {
        Subject = file,
    };

    /// <summary>True for what can go wrong when credentials are exchanged for a token.</summary>
    public static bool IsAboutToken(Exception failure) =>
        failure is TokenResponseException or SubjectTokenException or InvalidOperationException;

    /// <summary>No token was given for the credentials.</summary>
    public static BackupException Refused(Exception failure, string location)
    {
        if (failure is SubjectTokenException && failure.InnerException is { } inner && HttpFailures.IsOne(inner)
            && inner is not FileNotFoundException and not DirectoryNotFoundException)
        {
            return HttpFailures.Translate(inner, "sign in", location);
        }

        TokenResponseException? answer = failure as TokenResponseException;
        string text = answer?.Error?.ErrorDescription ?? answer?.Error?.Error
            ?? failure.InnerException?.Message ?? failure.Message;
        bool isClock = text.Contains("reasonable timeframe", StringComparison.OrdinalIgnoreCase);
        bool isTransient = answer?.StatusCode is { } status && GcsErrors.IsTransient(status);
        return new BackupException(
            isTransient ? BackupErrorKind.StorageFailure
                : isClock ? BackupErrorKind.ClockSkewed : BackupErrorKind.CredentialInvalid,
            $"Cannot sign in to {location}: {text}",
            isTransient ? "Run the command again later."
                : isClock ? "Set the clock (timedatectl set-ntp true), and run the command again."
                : "Check that the account exists and its key was not revoked, or sign in again.",
            failure)
        {
            Subject = location,
            IsTransient = isTransient,
        };
    }
}
