using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Monitoring.Alerts;

/// <summary>Tells somebody of an alert.</summary>
/// <param name="alertEvent">What to tell.</param>
/// <param name="cancellationToken">Stops the work.</param>
/// <returns>True if somebody was told, or nobody wants to be; false to try again at the next pass.</returns>
public delegate Task<bool> AlertTeller(AlertEvent alertEvent, CancellationToken cancellationToken);
