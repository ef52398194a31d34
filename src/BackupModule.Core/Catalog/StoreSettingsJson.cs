using System.Text.Json;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Catalog;

/// <summary>A repository's store settings as the catalog keeps them: a JSON object of what was set.</summary>
internal static class StoreSettingsJson
{
    private const string Nothing = "{}";

    public static string Write(StoreSettings settings) => settings == StoreSettings.Default
        ? Nothing
        : JsonSerializer.Serialize(settings, StoreSettingsJsonContext.Default.StoreSettings);

    /// <exception cref="BackupException"><c>CatalogUnavailable</c>: the text is not what a catalog keeps.</exception>
    public static StoreSettings Read(string text, string repository)
    {
        if (text == Nothing)
        {
            return StoreSettings.Default;
        }

        try
        {
            return JsonSerializer.Deserialize(text, StoreSettingsJsonContext.Default.StoreSettings) ?? StoreSettings.Default;
        }
        catch (JsonException failure)
        {
            throw new BackupException(
                BackupErrorKind.CatalogUnavailable,
                $"The catalog's settings of the repository '{repository}' cannot be read: {failure.Message}",
                "Register the repository again: Unregister-BackupRepository, then Register-BackupRepository.",
                failure)
            {
                Subject = repository,
            };
        }
    }
}
