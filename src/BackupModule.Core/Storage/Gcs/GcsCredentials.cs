using System;
using System.IO;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Http;

namespace BackupModule.Core.Storage.Gcs;

/// <summary>Finds Google credentials: the file of the settings, else the application default credentials, which are the
/// file of <c>GOOGLE_APPLICATION_CREDENTIALS</c>, else gcloud's, else the machine's own account.</summary>
/// <param name="settings">The settings.</param>
/// <param name="environment">Reads a variable of the environment.</param>
/// <param name="handler">Carries the requests for tokens.</param>
/// <param name="location">The store, for messages.</param>
internal sealed class GcsCredentials(
    StoreSettings settings, Func<string, string?> environment, HttpMessageHandler handler, string location)
{
    private const string FileVariable = "GOOGLE_APPLICATION_CREDENTIALS";
    private const string Scope = "https://www.googleapis.com/auth/devstorage.read_write";

    /// <summary>The credentials. No token is asked for yet.</summary>
    /// <exception cref="BackupException"><c>CredentialMissing</c>, <c>CredentialInvalid</c>.</exception>
    public async Task<GoogleCredential> LoadAsync(CancellationToken cancellationToken)
    {
        string? file = settings.CredentialFile ?? environment(FileVariable);
        GoogleCredential found = string.IsNullOrEmpty(file)
            ? await LoadDefaultAsync(cancellationToken).ConfigureAwait(false)
            : await LoadFileAsync(file, cancellationToken).ConfigureAwait(false);
        GoogleCredential scoped = found.CreateScoped(Scope);

        // The machine's own server of tokens is never behind a proxy.
        return scoped.UnderlyingCredential is ComputeCredential
            ? scoped
            : scoped.CreateWithHttpClientFactory(new HttpClientFromMessageHandlerFactory(
                _ => new HttpClientFromMessageHandlerFactory.ConfiguredHttpMessageHandler(handler, false, false)));
    }

    private static async Task<GoogleCredential> LoadFileAsync(string file, CancellationToken cancellationToken)
    {
        string json;
        try
        {
            json = await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw GcsCredentialErrors.Unreadable(failure, file);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            string? type = document.RootElement.GetProperty("type").GetString();
            return CredentialFactory.FromJson(json, type);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Parsers of keys, tokens and addresses each have exceptions of their own.
            throw GcsCredentialErrors.Malformed(failure, file);
        }
    }

    private async Task<GoogleCredential> LoadDefaultAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await GoogleCredential.GetApplicationDefaultAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException failure)
        {
            throw GcsCredentialErrors.NotFound(failure, location);
        }
    }
}
