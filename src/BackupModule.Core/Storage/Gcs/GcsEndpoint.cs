using System;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.Gcs;

/// <summary>The server that speaks the JSON API.</summary>
/// <param name="Address">Its address, with <c>/</c> at the end.</param>
/// <param name="IsAnonymous">True if it is sent no credentials.</param>
internal sealed record GcsEndpoint(Uri Address, bool IsAnonymous)
{
    /// <summary>The variable with which Google's own clients are sent to an emulator: <c>HOST:PORT</c> or a URI.</summary>
    public const string EmulatorVariable = "STORAGE_EMULATOR_HOST";

    private static readonly Uri s_google = new("https://storage.googleapis.com/");

    /// <summary>The endpoint that the settings name, else the environment's emulator, else Google.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="environment">Reads a variable of the environment.</param>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: an address that cannot be one, or one that secrets would be
    /// sent to in the clear.</exception>
    public static GcsEndpoint Of(StoreSettings settings, Func<string, string?> environment)
    {
        GcsEndpoint endpoint = settings.Endpoint is { } given
            ? new GcsEndpoint(Checked(given.OriginalString, given), settings.IsAnonymous)
            : environment(EmulatorVariable) is { Length: > 0 } emulator
                ? new GcsEndpoint(Emulator(emulator), IsAnonymous: true)
                : new GcsEndpoint(s_google, settings.IsAnonymous);
        bool sendsSecrets = !endpoint.IsAnonymous || settings.Encryption == StoreEncryption.CustomerKey;
        return endpoint.Address.Scheme == Uri.UriSchemeHttps || endpoint.Address.IsLoopback || !sendsSecrets
            ? endpoint
            : throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"Credentials would be sent unencrypted to {endpoint.Address}.",
                "Give an -Endpoint with https, or -Anonymous for an emulator.")
            {
                Subject = endpoint.Address.ToString(),
            };
    }

    private static Uri Emulator(string text)
    {
        string address = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return Checked(text, Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) ? uri : null);
    }

    private static Uri Checked(string text, Uri? address) =>
        address is { IsAbsoluteUri: true } && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/")
            : throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"'{text}' is not the address of a server.",
                $"Give -Endpoint as https://HOST:PORT; {EmulatorVariable} may also be HOST:PORT.")
            {
                Subject = text,
            };
}
