using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace BackupModule.Core.Scheduling;

/// <summary>Spreads the starts of policies. A policy has the same share of every jitter, on every machine and in every run,
/// so that it comes at even intervals.</summary>
internal static class ScheduleJitter
{
    /// <summary>How long the policy puts a start off: from zero to below the jitter, in whole seconds.</summary>
    public static TimeSpan Of(string policyName, TimeSpan jitter) =>
        TimeSpan.FromSeconds(Math.Floor(Math.Max(0, jitter.TotalSeconds) * ShareOf(policyName)));

    private static double ShareOf(string policyName)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(policyName.ToLowerInvariant()));
        return BinaryPrimitives.ReadUInt32BigEndian(hash) / (uint.MaxValue + 1.0);
    }
}
