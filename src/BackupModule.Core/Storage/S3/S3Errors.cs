using System;
using System.Net;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.S3;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Http;

namespace BackupModule.Core.Storage.S3;

/// <summary>Says in the engine's terms what an S3 server said.</summary>
/// <remarks>Codes: Amazon S3 API reference, "Error responses". Ceph sends codes without messages; MinIO tells of locks by
/// the message "Object is WORM protected and cannot be overwritten".</remarks>
internal static partial class S3Errors
{
    /// <summary>True for failures of requests.</summary>
    public static bool IsOne(Exception failure) =>
        failure is AmazonServiceException or AmazonClientException || HttpFailures.IsOne(failure);

    /// <summary>The failure of one request.</summary>
    /// <param name="failure">What the client threw.</param>
    /// <param name="action">What was tried, e.g. <c>delete data/ab/…</c>.</param>
    /// <param name="location">The store.</param>
    public static BackupException Translate(Exception failure, string action, string location)
    {
        if (failure is not AmazonServiceException answer || (int)answer.StatusCode == 0)
        {
            return failure is AmazonClientException && IsAboutCredentials(failure)
                ? new BackupException(
                    BackupErrorKind.CredentialMissing,
                    $"Cannot {action} in {location}: no credentials were found.",
                    "Give -AccessKeyId and -SecretKey, -CredentialProfile, or set AWS_ACCESS_KEY_ID and "
                    + "AWS_SECRET_ACCESS_KEY.",
                    failure)
                {
                    Subject = location,
                }
                : HttpFailures.Translate(failure, action, location);
        }

        (BackupErrorKind kind, string what, string guidance, bool isTransient) = Describe(answer, location);
        return new BackupException(kind, $"Cannot {action} in {location}: {what}", guidance, failure)
        {
            Subject = location,
            IsTransient = isTransient,
        };
    }

    private static (BackupErrorKind Kind, string What, string Guidance, bool IsTransient) Describe(
        AmazonServiceException answer, string location) => answer.ErrorCode switch
        {
            "InvalidAccessKeyId" => (
                BackupErrorKind.CredentialInvalid,
                "the server does not know the access key.",
                "Check -AccessKeyId (or AWS_ACCESS_KEY_ID), and that it is a key of this provider.",
                false),
            "SignatureDoesNotMatch" => (
                BackupErrorKind.CredentialInvalid,
                "the secret key does not fit the access key.",
                "Check -SecretKey (or AWS_SECRET_ACCESS_KEY), and -Region where the provider signs with it.",
                false),
            "ExpiredToken" or "TokenRefreshRequired" or "InvalidToken" => (
                BackupErrorKind.CredentialInvalid,
                "the session token has expired or is not valid.",
                "Sign in again, or use a key that does not expire.",
                false),
            "RequestTimeTooSkewed" or "RequestExpired" => (
                BackupErrorKind.ClockSkewed,
                "the clock of this machine differs too much from the server's.",
                "Set the clock (timedatectl set-ntp true), and run the command again.",
                false),
            "NoSuchBucket" => (
                BackupErrorKind.BucketNotFound,
                "there is no such bucket.",
                "Check its name and -Endpoint, or make it with the provider's tools.",
                false),
            "PermanentRedirect" or "TemporaryRedirect" or "AuthorizationHeaderMalformed"
                or "IllegalLocationConstraintException" => (
                BackupErrorKind.BucketNotFound,
                $"the bucket is in another region{RegionIn(answer)}.",
                "Give that region with -Region.",
                false),
            "NoSuchKey" => (
                BackupErrorKind.StorageObjectNotFound,
                "there is no such object.",
                "Run Test-BackupRepository to see what it affects.",
                false),
            "InvalidObjectState" => (
                BackupErrorKind.ObjectArchived,
                "the object lies in an archive and cannot be read now.",
                "Restore with Restore-Backup -Thaw, which has the provider bring it back first.",
                false),
            "QuotaExceeded" or "InsufficientCapacity" => (
                BackupErrorKind.StorageFull,
                "the quota is used up.",
                "Raise the quota, or free space (Remove-Backup, then Optimize-BackupRepository).",
                false),
            "NotImplemented" => (
                BackupErrorKind.StorageUnsupported,
                "the server does not know this kind of request.",
                "Use a provider that does, or do without.",
                false),
            "InvalidRequest" when answer.Message.Contains("WORM", StringComparison.Ordinal) => (
                BackupErrorKind.AccessDenied,
                "the object is locked.",
                "Wait until its lock ends.",
                false),
            "BadDigest" or "XAmzContentSHA256Mismatch" or "IncompleteBody" => (
                BackupErrorKind.StorageFailure,
                "the content was damaged on its way.",
                "Check the network; if it happens again, the memory of this machine.",
                true),
            _ => DescribeStatus(answer, location),
        };

    private static (BackupErrorKind Kind, string What, string Guidance, bool IsTransient) DescribeStatus(
        AmazonServiceException answer, string location) => answer.StatusCode switch
        {
            HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized or HttpStatusCode.MethodNotAllowed => (
                BackupErrorKind.AccessDenied,
                "access was denied.",
                "The key needs the rights to list the bucket and to get, put and delete its objects; a lock on the object "
                + "denies deletion, too. With -LockMode it needs s3:PutObjectRetention and s3:GetObjectRetention besides.",
                false),
            HttpStatusCode.NotFound => (
                BackupErrorKind.StorageObjectNotFound,
                "there is no such object.",
                "Run Test-BackupRepository to see what it affects.",
                false),
            HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect => (
                BackupErrorKind.BucketNotFound,
                $"the bucket is in another region{RegionIn(answer)}.",
                "Give that region with -Region.",
                false),
            HttpStatusCode.NotImplemented => (
                BackupErrorKind.StorageUnsupported,
                "the server does not know this kind of request.",
                "Use a provider that does, or do without.",
                false),
            HttpStatusCode.InsufficientStorage => (
                BackupErrorKind.StorageFull,
                "the server is full.",
                "Free space (Remove-Backup, then Optimize-BackupRepository).",
                false),
            var status => (
                BackupErrorKind.StorageFailure,
                $"the server answered {(int)status} {answer.ErrorCode}: {Text(answer)}",
                "Run the command again later; if it happens again, ask who runs the server.",
                (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
                    || answer.ErrorCode is "RequestTimeout" or "OperationAborted" or "ConditionalRequestConflict"),
        };

    private static string Text(AmazonServiceException answer) =>
        string.IsNullOrWhiteSpace(answer.Message) ? "no reason given." : answer.Message;

    private static string RegionIn(AmazonServiceException answer) =>
        answer is AmazonS3Exception { ResponseBody: { } body } && Region().Match(body) is { Success: true } match
            ? $": {match.Groups[1].Value}"
            : string.Empty;

    private static bool IsAboutCredentials(Exception failure) =>
        failure.Message.Contains("credential", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("<Region>([a-z0-9-]+)</Region>")]
    private static partial Regex Region();
}
