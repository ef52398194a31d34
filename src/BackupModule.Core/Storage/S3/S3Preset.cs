using System;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.S3;

/// <summary>The habits of one provider that speaks S3's protocol.</summary>
/// <param name="Endpoint">The address in a region; null for Amazon, whose library knows all of them, and for servers whose
/// address must be given.</param>
/// <param name="Addressing">Where requests name the bucket.</param>
/// <param name="DefaultRegion">The region to sign with where none is given; null where one must be given.</param>
/// <param name="SendsChecksums">True to send and check CRC checksums in trailers, which only Amazon is known to take from
/// every client.</param>
/// <param name="HasConditionalPut">True, false, or null where each server has to be tried.</param>
internal sealed record S3Preset(
    Func<string, Uri>? Endpoint,
    StoreAddressing Addressing,
    string? DefaultRegion,
    bool SendsChecksums,
    bool? HasConditionalPut)
{
    /// <summary>The preset of a provider.</summary>
    public static S3Preset Of(StoreProvider provider) => provider switch
    {
        StoreProvider.AmazonS3 => new S3Preset(null, StoreAddressing.VirtualHost, null, true, true),
        StoreProvider.DigitalOceanSpaces => new S3Preset(
            static region => new Uri($"https://{region}.digitaloceanspaces.com"),
            StoreAddressing.VirtualHost,
            null,
            false,
            null),
        StoreProvider.Wasabi => new S3Preset(
            static region => new Uri(
                region == "us-east-1" ? "https://s3.wasabisys.com" : $"https://s3.{region}.wasabisys.com"),
            StoreAddressing.VirtualHost,
            "us-east-1",
            false,
            null),
        StoreProvider.BackblazeB2 => new S3Preset(
            static region => new Uri($"https://s3.{region}.backblazeb2.com"),
            StoreAddressing.VirtualHost,
            null,
            false,
            null),
        StoreProvider.S3Compatible => new S3Preset(null, StoreAddressing.Path, "us-east-1", false, null),
        _ => throw new BackupException(
            BackupErrorKind.InvalidArgument,
            $"{provider} does not speak S3's protocol.",
            "For s3: locations, -Provider is AmazonS3, DigitalOceanSpaces, Wasabi, BackblazeB2 or S3Compatible."),
    };
}
