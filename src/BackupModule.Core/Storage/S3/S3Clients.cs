using System;
using System.Net.Http;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.S3;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Http;

namespace BackupModule.Core.Storage.S3;

/// <summary>Makes clients of S3 servers from a store's settings.</summary>
internal static class S3Clients
{
    /// <summary>A client. It sends nothing yet.</summary>
    /// <param name="provider">Who keeps the bucket.</param>
    /// <param name="settings">How it is reached.</param>
    /// <param name="secrets">The secrets that the settings refer to.</param>
    /// <param name="traffic">How fast content moves, and how long it may stand still.</param>
    /// <exception cref="BackupException"><c>InvalidArgument</c> where a region or endpoint is missing;
    /// <c>CredentialMissing</c> for a profile that is not there, or half a key.</exception>
    public static IAmazonS3 Create(
        StoreProvider provider, StoreSettings settings, StoreSecrets secrets, HttpTraffic traffic)
    {
        S3Preset preset = S3Preset.Of(provider);
        AmazonS3Config config = new()
        {
            HttpClientFactory = new SharedClient(StoreHttp.CreateClient(settings, traffic)),
            Timeout = StoreHttp.RequestLimit,
            ForcePathStyle = (settings.Addressing ?? preset.Addressing) == StoreAddressing.Path,

            // Trying again is done in one place for all stores, around this one.
            MaxErrorRetry = 0,
        };
        if (!preset.SendsChecksums)
        {
            config.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
            config.ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED;
        }

        SetPlace(config, provider, preset, settings);
        return CredentialsFrom(settings, secrets) is { } credentials
            ? new S3Client(credentials, config)
            : new S3Client(config);
    }

    private static void SetPlace(AmazonS3Config config, StoreProvider provider, S3Preset preset, StoreSettings settings)
    {
        string? region = settings.Region ?? preset.DefaultRegion
            ?? Environment.GetEnvironmentVariable("AWS_REGION")
            ?? Environment.GetEnvironmentVariable("AWS_DEFAULT_REGION");
        if (settings.Endpoint is null && provider == StoreProvider.S3Compatible)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                "The address of the S3 server is missing.",
                "Give it with -Endpoint, e.g. https://s3.example.org:9000.");
        }

        if (region is null)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"{provider} needs to know the region of the bucket.",
                "Give it with -Region, e.g. eu-central-1.");
        }

        Uri? endpoint = settings.Endpoint ?? preset.Endpoint?.Invoke(region);
        if (endpoint is null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        else
        {
            config.ServiceURL = endpoint.ToString();
            config.AuthenticationRegion = region;
        }
    }

    // Null for what the environment, the usual files or the machine's role say.
    private static AWSCredentials? CredentialsFrom(StoreSettings settings, StoreSecrets secrets)
    {
        if (settings.IsAnonymous)
        {
            return new AnonymousAWSCredentials();
        }

        if (settings.Profile is { } profile)
        {
            return new CredentialProfileStoreChain().TryGetAWSCredentials(profile, out AWSCredentials? found)
                ? found
                : throw new BackupException(
                    BackupErrorKind.CredentialMissing,
                    $"There is no profile '{profile}' in the credential files.",
                    "Check ~/.aws/credentials and ~/.aws/config, or AWS_SHARED_CREDENTIALS_FILE.")
                {
                    Subject = profile,
                };
        }

        return (settings.AccessKeyId, secrets.SecretKey) switch
        {
            (null, null) => null,
            ({ } id, { } secret) => new BasicAWSCredentials(id, secret),
            _ => throw new BackupException(
                BackupErrorKind.CredentialMissing,
                "An access key has two parts, and one is missing.",
                "Give -AccessKeyId and -SecretKey together, or neither to use the environment, a profile or the "
                + "machine's role."),
        };
    }

    // The library asks for a client with every request where it is not to cache them by its own idea of sameness.
    private sealed class SharedClient(HttpClient client) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

        public override string? GetConfigUniqueString(IClientConfig clientConfig) => null;
    }
}
