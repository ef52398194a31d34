using System;
using System.Net;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.Gcs;

/// <summary>Says in the engine's terms what the server refused.</summary>
/// <remarks>Reasons: Cloud Storage JSON API, "HTTP status and error codes".</remarks>
internal static class GcsErrors
{
    private const string Again = "Run the command again later; if it happens again, ask who runs the server.";

    /// <summary>True for answers that say nothing of the request itself: it may be sent again.</summary>
    public static bool IsTransient(HttpStatusCode status) =>
        (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;

    /// <summary>True if an upload was refused because there is an object already.</summary>
    public static bool IsForestalled(HttpStatusCode status, GcsRefusal refusal, GcsUpload upload) =>
        status == HttpStatusCode.PreconditionFailed && upload.OnlyIfNone && !IsDamage(refusal);

    /// <summary>The failure of one request.</summary>
    /// <param name="status">The status of the answer.</param>
    /// <param name="refusal">Its body.</param>
    /// <param name="action">What was tried, e.g. <c>delete data/ab/…</c>.</param>
    /// <param name="location">The store.</param>
    public static BackupException Translate(HttpStatusCode status, GcsRefusal refusal, string action, string location)
    {
        (BackupErrorKind kind, string what, string guidance, bool isTransient) = Describe(status, refusal);
        return new BackupException(kind, $"Cannot {action} in {location}: {what}", guidance)
        {
            Subject = location,
            IsTransient = isTransient,
        };
    }

    // Google says 400; its test bench 412.
    private static bool IsDamage(GcsRefusal refusal) =>
        refusal.Message.Contains("crc32c", StringComparison.OrdinalIgnoreCase);

    private static (BackupErrorKind Kind, string What, string Guidance, bool IsTransient) Describe(
        HttpStatusCode status, GcsRefusal refusal) => status switch
        {
            _ when IsDamage(refusal) => (
                BackupErrorKind.StorageFailure,
                "the content was damaged on its way.",
                "Check the network; if it happens again, the memory of this machine.",
                true),
            HttpStatusCode.BadRequest when refusal.Reason.Contains("ncryptionKey", StringComparison.Ordinal)
                || refusal.Reason.Contains("EncryptedWithCustomer", StringComparison.Ordinal) => (
                BackupErrorKind.CredentialInvalid,
                $"the encryption key does not fit: {Text(refusal)}",
                "Check -Encryption and -EncryptionKey: objects are read with the key they were written with.",
                false),
            HttpStatusCode.Unauthorized when refusal.Reason == "required" => (
                BackupErrorKind.CredentialMissing,
                "credentials are needed.",
                GcsCredentialErrors.HowToGiveThem,
                false),
            HttpStatusCode.Unauthorized => (
                BackupErrorKind.CredentialInvalid,
                $"the credentials are not accepted: {Text(refusal)}",
                "Check that the account exists and its key was not revoked, or sign in again.",
                false),
            HttpStatusCode.Forbidden => DescribeForbidden(refusal),
            HttpStatusCode.NotFound => (
                BackupErrorKind.BucketNotFound,
                "there is no such bucket.",
                "Check its name and -Endpoint, or make it with gcloud storage buckets create.",
                false),
            HttpStatusCode.NotImplemented => (
                BackupErrorKind.StorageUnsupported,
                "the server does not know this kind of request.",
                "Check -Endpoint.",
                false),
            HttpStatusCode.InsufficientStorage => (
                BackupErrorKind.StorageFull,
                "the server is full.",
                "Free space (Remove-Backup, then Optimize-BackupRepository).",
                false),
            HttpStatusCode.TooManyRequests => (
                BackupErrorKind.StorageFailure,
                $"there were too many requests: {Text(refusal)}",
                "Run the command again later, or set -BandwidthLimit.",
                true),
            _ => (
                BackupErrorKind.StorageFailure,
                $"the server answered {(int)status} {refusal.Reason}: {Text(refusal)}",
                Again,
                IsTransient(status)),
        };

    private static (BackupErrorKind Kind, string What, string Guidance, bool IsTransient) DescribeForbidden(
        GcsRefusal refusal) => refusal.Reason switch
        {
            "rateLimitExceeded" or "userRateLimitExceeded" => (
                BackupErrorKind.StorageFailure,
                $"there were too many requests: {Text(refusal)}",
                "Run the command again later, or set -BandwidthLimit.",
                true),
            "quotaExceeded" => (
                BackupErrorKind.StorageFull,
                $"the quota is used up: {Text(refusal)}",
                "Raise the quota, or free space (Remove-Backup, then Optimize-BackupRepository).",
                false),
            "retentionPolicyNotMet" or "objectUnderActiveHold" => (
                BackupErrorKind.AccessDenied,
                $"the object is locked: {Text(refusal)}",
                "Wait until the bucket's retention or the hold on the object ends.",
                false),
            _ => (
                BackupErrorKind.AccessDenied,
                $"access was denied: {Text(refusal)}",
                "The account needs the role Storage Object User (roles/storage.objectUser) on the bucket.",
                false),
        };

    private static string Text(GcsRefusal refusal) =>
        string.IsNullOrWhiteSpace(refusal.Message) ? "no reason given." : refusal.Message;
}
