using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Amazon.S3;
using Amazon.S3.Model;

namespace BackupModule.Core.Storage.S3;

/// <summary>Reads a bucket's lifecycle rules and versioning, and says what they mean for objects below a prefix.</summary>
/// <param name="client">The client.</param>
/// <param name="bucket">The bucket.</param>
/// <param name="prefix">The prefix of our objects.</param>
internal sealed class S3Rules(IAmazonS3 client, string bucket, string prefix)
{
    /// <summary>Reads the rules.</summary>
    public async Task<StoreRules> ReadAsync(CancellationToken cancellationToken)
    {
        List<LifecycleRule> rules = await ReadLifecycleAsync(cancellationToken).ConfigureAwait(false);
        GetBucketVersioningResponse versioning = await client.GetBucketVersioningAsync(bucket, cancellationToken)
            .ConfigureAwait(false);

        // Where versioning is suspended, the versions from before are still there.
        string? state = versioning.VersioningConfig?.Status?.Value;
        bool keepsVersions = state is "Enabled" or "Suspended";
        return new StoreRules
        {
            Expiry = rules.Select(Describe).FirstOrDefault(static text => text is not null),
            KeepsVersions = keepsVersions,
            VersionDays = keepsVersions
                ? rules.Select(static rule => rule.NoncurrentVersionExpiration?.NoncurrentDays).Min()
                : null,
        };
    }

    private async Task<List<LifecycleRule>> ReadLifecycleAsync(CancellationToken cancellationToken)
    {
        try
        {
            GetLifecycleConfigurationResponse answer = await client.GetLifecycleConfigurationAsync(bucket, cancellationToken)
                .ConfigureAwait(false);
            return [.. (answer.Configuration?.Rules ?? []).Where(MeetsUs)];
        }
        catch (AmazonS3Exception failure) when (failure.StatusCode == HttpStatusCode.NotFound
            && failure.ErrorCode == "NoSuchLifecycleConfiguration")
        {
            return [];
        }
    }

    // What a rule asks of an object's size, some of ours fulfil. Tags, none of ours has.
    private bool MeetsUs(LifecycleRule rule) => rule.Status == LifecycleRuleStatus.Enabled
        && !HasTag(rule.Filter?.LifecycleFilterPredicate)
        && (PrefixOf(rule).StartsWith(prefix, StringComparison.Ordinal)
            || prefix.StartsWith(PrefixOf(rule), StringComparison.Ordinal));

    private static bool HasTag(LifecycleFilterPredicate? filter) => filter is LifecycleTagPredicate
        || (filter is LifecycleAndOperator { Operands: { } operands } && operands.Exists(HasTag));

    private static string PrefixOf(LifecycleRule rule) => PrefixOf(rule.Filter?.LifecycleFilterPredicate)
#pragma warning disable CS0618 // Rules that were set long ago have their prefix here, and servers still send it.
        ?? rule.Prefix
#pragma warning restore CS0618
        ?? string.Empty;

    private static string? PrefixOf(LifecycleFilterPredicate? filter) => filter switch
    {
        LifecyclePrefixPredicate only => only.Prefix,
        LifecycleAndOperator { Operands: { } operands } => operands.Select(PrefixOf).FirstOrDefault(static one => one is not null),
        _ => null,
    };

    private static string? Describe(LifecycleRule rule)
    {
        string? when = rule.Expiration switch
        {
            { Days: > 0 and var days } => $"after {days} days",
            { Date: { } date } => $"on {date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}",
            _ => null,
        };
        string where = PrefixOf(rule) is { Length: > 0 } below ? $"below '{below}'" : "everywhere in the bucket";
        return when is null ? null : $"the rule '{rule.Id}' deletes objects {where} {when}";
    }
}
